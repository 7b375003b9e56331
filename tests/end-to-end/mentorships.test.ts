import { describe, expect, test, vi } from 'vitest';
import {
  call,
  createDatabase,
  lastingStores,
  logIn,
  ownDetail,
  register,
  startService,
  stores,
  type Tokens,
} from '../support/processes/service.ts';

vi.setConfig({ testTimeout: 120_000 });

type Mentorship = {
  id: number;
  mentor_username: string;
  mentee_username: string;
  status: string;
  reason: string | null;
  started_at: string | null;
  ended_at: string | null;
};
type Graph = { edges: { mentor_username: string; mentee_username: string }[] };

/** Sends requests about mentorships to the service. */
const mentoringAt = (url: string) => {
  const send = async <Body = Mentorship>(status: number, route: string, by: Tokens, body?: object) => {
    const answer = await call<Body>(url, route, { token: by.access, ...(body && { body }) });
    expect({ route, status: answer.status, body: answer.body }).toMatchObject({ route, status });
    return answer;
  };
  return {
    ask: async (by: Tokens, body: object) => (await send(201, 'POST /api/mentorships', by, body)).body,
    change: async (by: Tokens, { id }: Mentorship, status: string, reason?: string) =>
      (await send(200, `PATCH /api/mentorships/${id}`, by, { status, ...(reason && { reason }) })).body,
    read: (by: Tokens, { id }: Mentorship) => send(200, `GET /api/mentorships/${id}`, by),
    history: async (by: Tokens, of: number | 'me' = 'me') =>
      (await send<Mentorship[]>(200, `GET /api/users/${of}/mentorships`, by)).body,
    /** Returns who mentors whom now, or at the time `at`. */
    graph: async (by: Tokens, at?: string | null) => {
      const { body } = await send<Graph>(200, `GET /api/mentorships/graph${at ? `?at=${at}` : ''}`, by);
      return body.edges.map(({ mentor_username: mentor, mentee_username: mentee }) => `${mentor} > ${mentee}`);
    },
  };
};

describe.each(stores)('mentorships on %s', (store) => {
  test('are requested, accepted, replaced and completed, and have a history', async () => {
    await using database = await createDatabase(store);
    await using service = await startService({ DATABASE_URL: database.url });
    const { url } = service;
    const people = mentoringAt(url);
    const { body: alice } = await register(url, 'alice');
    for (const name of ['bob', 'john']) await register(url, name);
    const aliceIn = await logIn(url, 'alice');
    await call(url, 'PATCH /api/users/me', {
      token: aliceIn.access,
      body: { mentor_policy: 'approval', mentor_capacity: 1 },
    });

    const john = await logIn(url, 'john');
    const named = await call(url, 'PATCH /api/users/me', { token: john.access, body: { mentor: 'alice' } });
    expect(named).toMatchObject({ status: 409, body: { code: 'mentor_requires_approval' } });
    const first = await people.ask(john, { mentor: 'alice', message: 'Teach me.' });
    expect(await people.graph(john)).toEqual([]);
    const active = await people.change(aliceIn, first, 'active', 'Gladly.');
    expect(await ownDetail(url, john)).toMatchObject({ body: { mentor_username: 'alice' } });

    // A login between two changes takes long enough for their timestamps to differ.
    const bob = await logIn(url, 'bob');
    const second = await people.ask(bob, { mentee: 'john', message: 'Come to me.' });
    const replacing = await people.change(await logIn(url, 'john'), second, 'active');
    const replaced = (await people.read(aliceIn, first)).body;
    expect(replaced).toMatchObject({ status: 'ended', reason: 'replaced', ended_at: replacing.started_at });
    expect(await ownDetail(url, john)).toMatchObject({ body: { mentor_username: 'bob' } });
    const completed = await people.change(await logIn(url, 'bob'), second, 'completed', 'Well done.');

    expect(await people.history(john)).toEqual([completed, replaced]);
    expect(await people.history(john, alice.id)).toEqual([replaced]);
    expect(await people.history(aliceIn)).toEqual([replaced]);
    const justBefore = (time: string | null) => new Date(Date.parse(time ?? '') - 1).toISOString();
    const cases: [string | null | undefined, string[]][] = [
      [justBefore(active.started_at), []],
      [active.started_at, ['alice > john']],
      [justBefore(replacing.started_at), ['alice > john']],
      [replacing.started_at, ['bob > john']],
      [justBefore(completed.ended_at), ['bob > john']],
      [completed.ended_at, []],
      [undefined, []],
    ];
    for (const [at, edges] of cases) expect({ at, edges: await people.graph(bob, at) }).toEqual({ at, edges });
  });
});

describe.each(lastingStores)('an acknowledged acceptance on %s', (store) => {
  test('survives kill -9, with all its effects', async () => {
    await using database = await createDatabase(store);
    const settings = { DATABASE_URL: database.url };
    await using before = await startService(settings);
    const people = mentoringAt(before.url);
    for (const name of ['alice', 'bob']) await register(before.url, name);
    await register(before.url, 'john', { mentor_username: 'bob' });
    const [alice, bob, john] = [
      await logIn(before.url, 'alice'),
      await logIn(before.url, 'bob'),
      await logIn(before.url, 'john'),
    ];
    const request = await people.ask(john, { mentor: 'alice' });
    const accepted = await people.change(alice, request, 'active');
    await before.stop('SIGKILL');

    await using after = await startService(settings);
    const again = mentoringAt(after.url);
    const read = await again.read(alice, request);
    expect(read.body).toEqual(accepted);
    expect(read.headers.get('etag')).toBe('"2"');
    expect(await again.graph(bob)).toEqual(['alice > john']);
    expect(await again.history(bob)).toMatchObject([
      { status: 'ended', reason: 'replaced', ended_at: accepted.started_at },
    ]);
    expect(await ownDetail(after.url, john)).toMatchObject({ body: { mentor_username: 'alice' } });
    expect(await again.change(john, request, 'ended')).toMatchObject({ status: 'ended' });
  });
});
