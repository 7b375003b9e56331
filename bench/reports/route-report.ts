import { mebibytes, type Report } from '../../verify/support/report.ts';
import { type Choices, defaultUsers, withProgress } from '../choices.ts';
import { clientName } from '../client.ts';
import { comparePrograms, type Comparison, type Ratio } from '../compare.ts';
import { createDatabase } from '../databases.ts';
import { loadUsers } from '../load-users.ts';
import { hashPassword } from '../people.ts';
import { reads, writes } from '../routes.ts';

const formatted = ({ median, from, to }: Ratio): string => `${median.toFixed(2)} (${from.toFixed(2)}–${to.toFixed(2)})`;

/** Reports for each route the ratios of the service to the control, and of the control to bare. */
export const reportRoutes = async (
  report: Report,
  { only, on, rounds, seconds }: Choices,
): Promise<(Comparison & { database: string })[]> => {
  const routes = [...(only.includes('reads') ? reads : []), ...(only.includes('writes') ? writes : [])];
  const all: (Comparison & { database: string })[] = [];
  if (routes.length === 0) return all;
  for (const engine of on) {
    await using database = await createDatabase(engine);
    await loadUsers(database.url, defaultUsers, await hashPassword());
    const found = await withProgress(engine, routes.length * 3 * (rounds + 1), (advance) =>
      comparePrograms(routes, { databaseUrl: database.url, users: defaultUsers, rounds, seconds, advance }),
    );
    all.push(...found.map((comparison) => ({ ...comparison, database: engine })));
    report.say(`\n${engine}, ${rounds} rounds of ${seconds} s, by ${clientName}`);
    report.table(
      [
        'route',
        'program',
        'requests/s',
        'p50 ms',
        'p99 ms',
        'CPU µs',
        'MiB',
        'of the control',
        'by CPU',
        'control of bare',
        'by CPU ',
      ],
      found.flatMap(({ route, figures, ...ratios }) =>
        Object.entries(figures).map(([program, { perSecond, p50, p99, cpu, memory }]) => [
          program === 'service' ? route : '',
          program,
          Math.round(perSecond),
          p50.toFixed(2),
          p99.toFixed(1),
          Math.round(cpu),
          mebibytes(memory).replace(' MiB', ''),
          program === 'service' ? formatted(ratios.ratio) : '',
          program === 'service' ? formatted(ratios.cpuRatio) : '',
          program === 'control' ? formatted(ratios.controlRatio) : '',
          program === 'control' ? formatted(ratios.controlCpuRatio) : '',
        ]),
      ),
    );
    for (const { route, aim, ratio, controlRatio } of found) {
      report.require(
        ratio.median >= aim,
        `${route} on ${engine} reaches ${ratio.median.toFixed(3)} of the control, not ${aim}`,
      );
      report.require(
        controlRatio.median >= 0.9,
        `the control reaches ${controlRatio.median.toFixed(3)} of bare for ${route} on ${engine}, not 0.9`,
      );
    }
  }
  return all;
};
