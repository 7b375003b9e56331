import { median, quantile } from '../verify/support/statistics.ts';
import { drive, type Driven } from './client.ts';
import { createSessionOpener, type Tokens } from './people.ts';
import { loadOf, reads, type Round, type Route, sessionOwners } from './routes.ts';
import { requireSameAnswers } from './same-answers.ts';
import { type Program, programs, type Server, startProgram, usageOf } from './servers.ts';

/** One program's figures in one round. */
interface Sample extends Driven {
  readonly perSecond: number;
  /** CPU time of the server, in microseconds. */
  readonly cpu: number;
}

/** One program's medians over all rounds. Latencies in milliseconds, memory in bytes. */
interface Figures {
  readonly perSecond: number;
  readonly p50: number;
  readonly p99: number;
  readonly cpu: number;
  readonly memory: number;
}

/** The ratio of two programs, by round. */
export interface Ratio {
  readonly median: number;
  /** The middle half of the rounds. */
  readonly from: number;
  readonly to: number;
}

export interface Comparison {
  readonly route: string;
  readonly aim: number;
  readonly figures: Readonly<Partial<Record<Program, Figures>>>;
  /** Of requests per second. */
  readonly ratio: Ratio;
  /** Of CPU time per request, inverted, so that more is better here too. */
  readonly cpuRatio: Ratio;
  /** The control compared with bare. */
  readonly controlRatio: Ratio;
  readonly controlCpuRatio: Ratio;
}

export interface Terms {
  readonly databaseUrl: string;
  readonly users: number;
  readonly rounds: number;
  /** The length of one program's round. */
  readonly seconds: number;
  advance(): void;
}

/** Measures each route of each program, in alternating rounds, so that other load on the machine affects all of them. */
export const comparePrograms = async (routes: readonly Route[], terms: Terms): Promise<Comparison[]> => {
  await using stack = new AsyncDisposableStack();
  const opener = stack.use(await createSessionOpener(terms.databaseUrl));
  const [reader] = await opener.open([1]);
  if (!reader) throw new Error('No session was opened.');
  const servers = {} as Record<Program, Server>;
  for (const program of programs) servers[program] = stack.use(await startProgram(program, terms.databaseUrl));

  for (const program of programs) await warmUp(servers[program], reader, terms.users);

  let number = 0;
  const nextRound = async ({ sessions = 0 }: Route): Promise<Round> => ({
    reader,
    sessions: await opener.open(sessionOwners(sessions)),
    users: terms.users,
    number: number++,
  });

  const comparisons: Comparison[] = [];
  for (const route of routes) {
    await requireSameAnswers(route, servers, nextRound);
    const samples: Record<Program, Sample[]> = { service: [], control: [], bare: [] };
    // The first round is a warm-up.
    for (let round = 0; round <= terms.rounds; round++) {
      for (const program of rotated(round)) {
        const sample = await takeSample(servers[program], route, await nextRound(route), terms.seconds);
        if (round > 0) samples[program].push(sample);
        terms.advance();
      }
    }
    comparisons.push(summarise(route, samples, servers));
  }
  return comparisons;
};

const warmUpSeconds = 4;

/** Sends requests until V8 has compiled most of the code, which takes some seconds for any route. */
export const warmUp = async (server: Server, reader: Tokens, users: number): Promise<void> => {
  const [route] = reads;
  if (route) await takeSample(server, route, { reader, sessions: [], users, number: 0 }, warmUpSeconds);
};

const rotated = (by: number): Program[] =>
  programs.map((_, index) => programs[(index + by) % programs.length] as Program);

export const takeSample = async (
  { url, pid }: Server,
  route: Route,
  round: Round,
  seconds: number,
): Promise<Sample> => {
  const requests = route.requests(round);
  const before = usageOf(pid).microseconds;
  const driven = await drive(url, loadOf(route, requests, seconds));
  const cpu = (usageOf(pid).microseconds - before) / driven.requests;
  return { ...driven, perSecond: driven.requests / driven.seconds, cpu };
};

const summarise = (route: Route, samples: Record<Program, Sample[]>, servers: Record<Program, Server>): Comparison => {
  const ratio = (one: Program, other: Program, of: (one: Sample, other: Sample) => number): Ratio => {
    const ratios = samples[one].map((sample, round) => of(sample, samples[other][round] as Sample));
    return { median: median(ratios), from: quantile(ratios, 0.25), to: quantile(ratios, 0.75) };
  };
  const bySpeed = (one: Sample, other: Sample) => one.perSecond / other.perSecond;
  const byCost = (one: Sample, other: Sample) => other.cpu / one.cpu;
  const of = (program: Program, figure: (sample: Sample) => number) => median(samples[program].map(figure));
  return {
    route: route.name,
    aim: route.aim,
    figures: Object.fromEntries(
      programs.map((program) => [
        program,
        {
          perSecond: of(program, ({ perSecond }) => perSecond),
          p50: of(program, ({ p50 }) => p50),
          p99: of(program, ({ p99 }) => p99),
          cpu: of(program, ({ cpu }) => cpu),
          memory: usageOf(servers[program].pid).memory,
        },
      ]),
    ),
    ratio: ratio('service', 'control', bySpeed),
    cpuRatio: ratio('service', 'control', byCost),
    controlRatio: ratio('control', 'bare', bySpeed),
    controlCpuRatio: ratio('control', 'bare', byCost),
  };
};
