import type { Store } from '@mentorship/adapters/store';
import type { Application, Clock, ProfileUpdate, Tokens } from '@mentorship/application';
import type { Actor, MentorshipId, MentorshipStatus, User } from '@mentorship/domain';
import type { Jwt } from '@mentorship/adapters/security';
import { createProcess } from './processes.ts';
import type { TestStore } from '../store/stores.ts';
import { password, policy } from '../test-application.ts';

/** A user with a session. */
export interface Racer {
  readonly user: User;
  readonly actor: Actor;
  readonly tokens: Tokens;
}

/** An action that can run on any process. */
export type Run<Result> = (process: Application) => Promise<Result>;

/** No limits, because racing requests fail often. */
const unlimited = {
  ...policy,
  budgets: {
    login: null,
    login_address: null,
    login_account: null,
    login_unknown: null,
    registration: null,
    password: null,
    request: null,
  },
};

/** Opens two processes on one database, or twice on one memory store. Racers alternate between them. */
export const openTwoOn = async (jwt: Jwt, store: TestStore, clock?: Clock) => {
  const open = (own: Store) => createProcess(own, jwt, clock, unlimited);
  const processes = [open(store), open(await store.another())] as const;
  const [first] = processes;

  const logIn = async (user: User, secret = password): Promise<Racer> => {
    const tokens = await first.logIn({ username: user.username, password: secret });
    return { user, tokens, actor: await first.authenticate({ token: tokens.access }) };
  };
  const join = async (username: string) => logIn((await first.registerUser({ username, password })).user);
  return {
    processes,
    logIn,
    join,
    /** Registers `count` users named `name0`, `name1`, …. */
    joinAll: (name: string, count: number) => Promise.all(times(count, (at) => join(`${name}${at}`))),
    /** Runs all concurrently, alternating between the processes. */
    race: <Result>(runs: readonly Run<Result>[]) =>
      Promise.allSettled(runs.map((run, at) => run(processes[at % 2 === 0 ? 0 : 1]))),
  };
};

export const times = <Item>(count: number, make: (at: number) => Item): Item[] =>
  Array.from({ length: count }, (_, at) => make(at));

export const fulfilled = <Result>(results: readonly PromiseSettledResult<Result>[]): Result[] =>
  results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));

export const reasons = (results: readonly PromiseSettledResult<unknown>[]): unknown[] =>
  results.flatMap((result) => (result.status === 'rejected' ? [result.reason as unknown] : []));

export const updating =
  ({ user, actor }: Racer, update: ProfileUpdate) =>
  (process: Application) =>
    process.updateProfile({ actor, userId: user.id, update });

export const asking =
  ({ actor }: Racer, { user }: Racer) =>
  (process: Application) =>
    process.requestMentorship({ actor, request: { mentor: user.username } });

export const offering =
  ({ actor }: Racer, { user }: Racer) =>
  (process: Application) =>
    process.requestMentorship({ actor, request: { mentee: user.username } });

export const moving =
  ({ actor }: Racer, { id }: { readonly id: MentorshipId }, status: MentorshipStatus) =>
  (process: Application) =>
    process.changeMentorship({ actor, mentorshipId: id, change: { status } });

/** Returns the users in a loop of mentors, normally none. */
export const loopsIn = async (process: Application): Promise<string[]> => {
  const { users } = await process.listUsers({});
  const mentorOf = new Map(users.map(({ username, mentorUsername }) => [username, mentorUsername]));
  return [...mentorOf.keys()].filter((start) => {
    let above = mentorOf.get(start);
    for (let steps = 0; above && above !== start && steps < users.length; steps++) above = mentorOf.get(above);
    return above === start;
  });
};
