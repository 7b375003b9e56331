import { mebibytes, type Report } from '../../verify/support/report.ts';
import { type Choices, withProgress } from '../choices.ts';
import { growthRoutes, measureGrowth } from '../growth.ts';

/** Reports how each route scales, up to this number of users. */
export const reportGrowth = async (report: Report, most: number, { on, rounds, seconds }: Choices) => {
  const sizes = [...new Set([1000, 100_000, most])].filter((users) => users <= most);
  const found = [];
  for (const engine of on) {
    const growth = await withProgress(`${engine}`, growthRoutes.length * sizes.length * (rounds + 1), (advance) =>
      measureGrowth(engine, { sizes, rounds, seconds, advance }),
    );
    report.say(`\n${engine}: the stores`);
    report.table(
      ['users', 'loaded in', 'memory of the service'],
      growth.places.map(({ users, loadSeconds, memory }) => [users, `${loadSeconds.toFixed(1)} s`, mebibytes(memory)]),
    );
    report.table(
      ['route', 'users', 'requests/s', 'p99 ms', 'CPU µs', 'of the smallest'],
      growth.routes.flatMap(({ route, sizes }) =>
        sizes.map(({ users, perSecond, p99, cpu, ratio }, index) => [
          index === 0 ? route : '',
          users,
          Math.round(perSecond),
          p99.toFixed(1),
          Math.round(cpu),
          ratio.toFixed(2),
        ]),
      ),
    );
    for (const { users, loadSeconds } of growth.places)
      report.require(
        loadSeconds <= Math.max(10, (users / 1e6) * 120),
        `${users} users took ${loadSeconds.toFixed(0)} s on ${engine}`,
      );
    for (const { route, compared, sizes } of growth.routes)
      if (compared)
        for (const { users, ratio } of sizes)
          report.require(
            ratio >= 0.9,
            `${route} on ${engine} with ${users} users reaches ${ratio.toFixed(2)} of 1,000's, not 0.9`,
          );
    found.push({ database: engine, ...growth });
  }
  return found;
};
