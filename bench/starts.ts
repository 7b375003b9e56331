import { median } from '../verify/support/statistics.ts';
import { startProgram, startScript, timeToAnswer } from './servers.ts';

/** From the start of the process to its first answer, in milliseconds: medians of starts that take turns. */
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
    // The first fills the caches of the system.
    if (time > 0) [service, bare].forEach((list, index) => list.push(took[index] ?? 0));
    advance();
  }
  return { users, service: median(service), bare: median(bare) };
};
