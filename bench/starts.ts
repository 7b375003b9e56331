import { median } from '../verify/support/statistics.ts';
import { startProgram, startScript, timeToAnswer } from './servers.ts';

/** The time from spawn to the first response, in milliseconds: medians of alternating starts. */
export interface StartFigures {
  readonly users: number;
  readonly service: number;
  readonly bare: number;
}

export const measureStarts = async (
  databaseUrl: string,
  { users, times, advance }: { users: number; times: number; advance: () => void },
): Promise<StartFigures> => {
  const [service, bare]: [number[], number[]] = [[], []];
  for (let time = 0; time <= times; time++) {
    const took = [
      await timeToAnswer(() => startProgram('service', databaseUrl), '/healthz'),
      await timeToAnswer(() => startScript('bare-start.ts', [databaseUrl]), '/healthz'),
    ] as const;
    // The first start fills the caches of the operating system.
    if (time > 0) [service, bare].forEach((list, index) => list.push(took[index] ?? 0));
    advance();
  }
  return { users, service: median(service), bare: median(bare) };
};
