import { median } from '../verify/support/statistics.ts';
import { takeSample } from './compare.ts';
import { createSessionOpener } from './people.ts';
import { reads } from './routes.ts';
import { type Program, startProgram } from './servers.ts';

/** Reads of two processes, as a multiple of one. */
export interface CoresFigures {
  readonly service: number;
  readonly control: number;
}

export const measureCores = async (
  databaseUrl: string,
  { users, rounds, seconds, advance }: { users: number; rounds: number; seconds: number; advance: () => void },
): Promise<CoresFigures> => {
  const [route] = reads;
  await using opener = await createSessionOpener(databaseUrl);
  const [reader] = await opener.open([1]);
  if (!route || !reader) throw new Error('No session was opened.');
  const gainOf = async (program: Program): Promise<number> => {
    await using one = await startProgram(program, databaseUrl, { WORKERS: '1' });
    await using two = await startProgram(program, databaseUrl, { WORKERS: '2' });
    const gains: number[] = [];
    for (let round = 0; round <= rounds; round++) {
      const read = async (server: typeof one) =>
        (await takeSample(server, route, { reader, sessions: [], users, number: 0 }, seconds)).perSecond;
      const [alone, together] = [await read(one), await read(two)];
      if (round > 0) gains.push(together / alone);
      advance();
    }
    return median(gains);
  };
  return { service: await gainOf('service'), control: await gainOf('control') };
};
