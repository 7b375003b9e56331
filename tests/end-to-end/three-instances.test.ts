import { sample, shuffledSubarray } from 'fast-check';
import { beforeAll, describe, expect, test, vi } from 'vitest';
import {
  type Answer,
  call,
  createDatabase,
  logIn,
  password,
  register,
  type Tokens,
} from '../support/processes/service.ts';
import { startThreeInstances } from '../support/processes/three-instances.ts';
import { times } from '../support/processes/two-processes.ts';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

type Member = Tokens & { username: string };
type Problem = { code: string };
type Run = () => Promise<Answer<unknown>>;

let service: Awaited<ReturnType<typeof startThreeInstances>>;

beforeAll(async () => {
  const database = await createDatabase('postgres');
  service = await startThreeInstances({ DATABASE_URL: database.url });
  return async () => {
    await service[Symbol.asyncDispose]();
    await database[Symbol.asyncDispose]();
  };
});

/** Sends a request to a random instance. */
const send = <Body = unknown>(route: string, body?: object, by?: Pick<Tokens, 'access'>) =>
  call<Body>(service.url, route, { ...(body && { body }), ...(by && { token: by.access }) });

const update = (by: Member, body: object) => send('PATCH /api/users/me', body, by);
const refresh = ({ refresh: token }: Tokens) => send<Tokens>('POST /api/token/refresh', { refresh: token });
const logOut = ({ refresh: token, access }: Tokens) => send('POST /api/logout', { refresh: token }, { access });
const ask = (by: Member, body: object) => send<{ id: number }>('POST /api/mentorships', body, by);
const move = (by: Member, id: number, status: string) => send(`PATCH /api/mentorships/${id}`, { status }, by);

const join = async (username: string): Promise<Member> => {
  expect((await register(service.url, username)).status).toBe(201);
  return { username, ...(await logIn(service.url, username)) };
};
const joinAll = (name: string, count: number) => Promise.all(times(count, (at) => join(`${name}${at}`)));

const summarise = ({ status, body }: Answer<unknown>) =>
  status < 400 ? `${status}` : `${status} ${(body as Problem).code}`;

/** Runs all concurrently and returns their sorted outcomes. */
const race = async (runs: readonly Run[]) => (await Promise.all(runs.map((run) => run()))).map(summarise).toSorted();

const repeat = (count: number, outcome: string) => times(count, () => outcome);

/** Returns the users in a loop of mentors, normally none. */
const findLoops = async (by: Member): Promise<string[]> => {
  const { body } = await send<{ username: string; mentor_username: string | null }[]>('GET /api/users', undefined, by);
  const mentorOf = new Map(body.map(({ username, mentor_username: mentor }) => [username, mentor]));
  return [...mentorOf.keys()].filter((start) => {
    let above = mentorOf.get(start);
    for (let steps = 0; above && above !== start && steps < body.length; steps++) above = mentorOf.get(above);
    return above === start;
  });
};

describe('three instances on postgres, each request to a random one', () => {
  test('of 24 registrations of one name one succeeds, 23 fail with username_taken', async () => {
    const spellings = ['Straße', 'STRASSE', 'straße', 'Strasse'];
    const outcomes = await race(times(24, (at) => () => register(service.url, spellings[at % 4]!)));
    expect(outcomes).toEqual(['201', ...repeat(23, '409 username_taken')]);
  });

  test.each([2, 3])('%i links that would close a loop never all succeed', async (length) => {
    const members = await joinAll(`ring${length}of`, 5);
    for (const ring of sample(shuffledSubarray(members, { minLength: length, maxLength: length }), 15)) {
      const outcomes = await race(
        ring.map((member, at) => () => update(member, { mentor: ring[(at + 1) % length]!.username })),
      );
      expect(outcomes.length).toBe(length);
      for (const outcome of outcomes) expect(['200', '409 mentor_cycle']).toContain(outcome);
      expect(outcomes).toContain('409 mentor_cycle');
      expect(await findLoops(members[0]!)).toEqual([]);
    }
  });

  test('of 12 concurrent accepts by a mentor of capacity 3, 3 succeed, 9 fail with mentor_full', async () => {
    const [mentor, mentees] = [await join('mentor'), await joinAll('mentee', 12)];
    await update(mentor, { mentor_policy: 'approval', mentor_capacity: 3 });
    const asked = await Promise.all(mentees.map((mentee) => ask(mentee, { mentor: 'mentor' })));
    const outcomes = await race(
      asked.map(
        ({ body }) =>
          () =>
            move(mentor, body.id, 'active'),
      ),
    );
    expect(outcomes).toEqual([...repeat(3, '200'), ...repeat(9, '409 mentor_full')]);
    const { body } = await send<{ mentees: string[] }>('GET /api/users/me', undefined, mentor);
    expect(body.mentees).toHaveLength(3);
  });

  test('a mentee who accepts 6 offers at once gets one mentor, and the other offers are cancelled', async () => {
    const [mentee, mentors] = [await join('offered'), await joinAll('offerer', 6)];
    const offers = await Promise.all(mentors.map((mentor) => ask(mentor, { mentee: 'offered' })));
    const outcomes = await race(
      offers.map(
        ({ body }) =>
          () =>
            move(mentee, body.id, 'active'),
      ),
    );
    expect(outcomes).toEqual(['200', ...repeat(5, '409 illegal_transition')]);
    const { body } = await send<{ status: string }[]>('GET /api/mentorships', undefined, mentee);
    expect(body.map(({ status }) => status).toSorted()).toEqual(['active', ...repeat(5, 'cancelled')]);
  });

  test('of 9 concurrent, different answers to a request exactly one succeeds', async () => {
    const [mentor, mentee] = [await join('answerer'), await join('questioner')];
    for (let round = 0; round < 5; round++) {
      const { id } = (await ask(mentee, { mentor: 'answerer' })).body;
      const outcomes = await race(
        times(
          9,
          (at) => () => (at % 3 ? move(mentor, id, at % 2 ? 'active' : 'declined') : move(mentee, id, 'cancelled')),
        ),
      );
      expect(outcomes).toEqual(['200', ...repeat(8, '409 illegal_transition')]);
      // Succeeds only if the mentorship became active.
      await move(mentee, id, 'completed');
    }
  });

  test('of 12 concurrent requests of one mentee 5 succeed', async () => {
    const [mentee, mentors] = [await join('keen'), await joinAll('wanted', 12)];
    const outcomes = await race(
      mentors.map(
        ({ username }) =>
          () =>
            ask(mentee, { mentor: username }),
      ),
    );
    expect(outcomes).toEqual([...repeat(5, '201'), ...repeat(7, '409 too_many_open_requests')]);
  });

  test('a refresh never succeeds after an acknowledged logout, and one of 8 logouts succeeds', async () => {
    const { username } = await join('leaver');
    for (let round = 0; round < 6; round++) {
      const tokens = await logIn(service.url, username);
      const late = async () => {
        const logouts = await race(times(8, () => () => logOut(tokens)));
        return { logouts, refreshes: await race(times(6, () => () => refresh(tokens))) };
      };
      const [{ logouts, refreshes }, before] = await Promise.all([late(), race(times(6, () => () => refresh(tokens)))]);
      expect(logouts).toEqual(['205', ...repeat(7, '400 token_not_valid')]);
      expect(refreshes).toEqual(repeat(6, '401 token_not_valid'));
      for (const outcome of before) expect(['200', '401 token_not_valid']).toContain(outcome);
    }
  });

  test('a concurrent login with the old password leaves no open session after a password change', async () => {
    const member = await join('changer');
    let old = password;
    for (let round = 0; round < 4; round++) {
      const secret = `password ${round}`;
      const logInWith = (text: string) => send<Tokens>('POST /api/login', { username: 'changer', password: text });
      const logIns = times(4, () => logInWith(old));
      const change = update(member, { password: secret });
      expect(summarise(await change)).toBe('200');
      for (const answer of await Promise.all(logIns))
        expect(answer.status === 200 ? summarise(await refresh(answer.body)) : summarise(answer)).toMatch(/^401 /);
      expect((await logInWith(old)).status).toBe(401);
      expect((await logInWith(secret)).status).toBe(200);
      old = secret;
    }
  });

  test('concurrent updates of different fields are all kept', async () => {
    const [member] = [await join('updater'), await join('guide0'), await join('guide1')];
    for (let round = 0; round < 8; round++) {
      const updates = [{ email: `${round}@example.com` }, { mentor: `guide${round % 2}` }, { phone: `000 ${round}` }];
      expect(await race(updates.map((each) => () => update(member, each)))).toEqual(repeat(3, '200'));
      const [email, mentor, phone] = updates;
      const shown = (await send('GET /api/users/me', undefined, member)).body;
      expect(shown).toMatchObject({ ...email, ...phone, mentor_username: mentor?.mentor });
    }
  });

  test('each of the three has responded, without a 5xx', () => {
    expect(service.output.stderr.match(/listens on/g)).toHaveLength(3);
    const lines = service.output.stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { pid: number; msg: string; status?: number });
    const answered = Map.groupBy(
      lines.filter(({ msg }) => msg === 'answered'),
      ({ pid }) => pid,
    );
    expect(answered.size).toBe(3);
    for (const answers of answered.values()) expect(answers.length).toBeGreaterThan(50);
    expect(lines.filter(({ status = 0 }) => status >= 500)).toEqual([]);
  });
});
