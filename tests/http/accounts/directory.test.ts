import type { MentorProfile, Skill } from '@mentorship/domain';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Account } from '../../support/http/client.ts';
import { nextOf, pagesFrom, queryOf } from '../../support/http/mentorships.ts';
import { startOnSqlite, startService } from '../../support/http/service.ts';
import { stoppedAt } from '../../support/manual-clock.ts';
import { addUsers, begin } from '../../support/records.ts';

let service: Awaited<ReturnType<typeof startOnSqlite>>;
let john: Account;

type Person = MentorProfile & { id: number; name: string; mentor: string | null };

/** John, who looks for a mentor, and 36 other users with every combination of mentor, skill, policy and capacity. */
const people: Person[] = Array.from({ length: 37 }, (_, at) => ({
  id: at + 1,
  name: at === 0 ? 'john' : `${at % 4 < 2 ? 'Ann' : 'ann_'}-${at}`,
  mentor: at > 6 && at % 2 === 1 ? `${at % 3 === 0 ? 'Ann-1' : 'ann_-2'}` : null,
  mentorPolicy: (['open', 'approval', 'closed'] as const)[at % 3]!,
  mentorCapacity: at > 2 && at % 5 === 0 ? 0 : at === 1 ? 30 : null,
  bio: null,
  skills: (at % 7 < 3 ? ['TypeScript', `Skill ${at}`] : ['Go']) as Skill[],
}));
const menteesOf = (name: string) => people.filter(({ mentor }) => mentor === name).length;
const freePlaces = ({ name, mentorCapacity }: Person) =>
  mentorCapacity === null ? null : mentorCapacity - menteesOf(name);

beforeAll(async () => {
  service = await startOnSqlite();
  john = await service.api.join('john');
  await addUsers(service.store, ...people.slice(1).map(({ name }) => name));
  await service.store.storage.atomically(async ({ users, mentorships }) => {
    await mentorships.lockGraph(stoppedAt(0));
    for (const { id, name: _, mentor, ...profile } of people) {
      await users.change(id as never, profile, null);
      const { id: mentorId } = people.find(({ name }) => name === mentor) ?? {};
      if (mentorId !== undefined) await begin(mentorships, { id: id as never }, { id: mentorId as never }, 0);
    }
  });
});
afterAll(() => service.stop());

const get = (url: string) => service.api.call('GET', url, { token: john.access });
const list = (query: string) => get(`/api/users?${query}`);
const namesIn = ({ body }: { body: unknown }) => (body as { username: string }[]).map(({ username }) => username);

/** Each filter: its query, and the users who match it. */
const filters: Record<string, (person: Person) => boolean> = {
  'q=ANN': ({ name }) => /^ann/i.test(name),
  'q=ann_': ({ name }) => name.startsWith('ann_'),
  'skill=typescript': ({ skills }) => skills.includes('TypeScript' as Skill),
  'skill=%20skill%20%2014%20': ({ id }) => id === 15,
  'accepting=true': (person) => person.mentorPolicy !== 'closed' && freePlaces(person) !== 0,
  'has_mentor=true': ({ mentor }) => mentor !== null,
  'has_mentor=false': ({ mentor }) => mentor === null,
  'mentor=ANN-1': ({ mentor }) => mentor === 'Ann-1',
};
const all = Object.keys(filters);
const parameterOf = (filter: string) => filter.slice(0, filter.indexOf('='));
const pairs = all.flatMap((one) =>
  all.filter((other) => parameterOf(one) < parameterOf(other)).map((other) => [one, other]),
);
const combined = [
  ...all.map((one) => [one]),
  ...pairs,
  ['q=ANN', 'skill=typescript', 'accepting=true', 'has_mentor=false'],
  ['q=ANN', 'skill=typescript', 'accepting=true', 'has_mentor=true', 'mentor=ANN-1'],
].map((parts) => ({ query: parts.join('&'), parts }));

describe('the directory of users', () => {
  test.each(combined)('returns exactly the users who match $query', async ({ query, parts }) => {
    const expected = people.filter((person) => parts.every((filter) => filters[filter]?.(person)));
    const answer = await list(query);
    expect({ status: answer.status, body: answer.body }).toEqual({
      status: 200,
      body: expected.map(({ name, mentor }) => ({ username: name, mentor_username: mentor })),
    });
    for (const limit of [1, 4]) {
      const pages = await pagesFrom(`/api/users?${query}&limit=${limit}`, get);
      expect(pages.flatMap(namesIn)).toEqual(expected.map(({ name }) => name));
    }
  });

  test('has users for every filter, and for most pairs of filters', () => {
    const found = pairs.filter((parts) => people.some((person) => parts.every((filter) => filters[filter]?.(person))));
    expect(found.length).toBeGreaterThan(pairs.length / 2);
    for (const filter of Object.values(filters)) expect(people.filter(filter).length).toBeGreaterThan(0);
  });

  test('returns more fields with view=full, but no contact', async () => {
    expect((await list('view=full')).body).toEqual(
      people.map((person) => ({
        id: person.id,
        username: person.name,
        mentor_username: person.mentor,
        mentor_policy: person.mentorPolicy,
        free_places: freePlaces(person),
        skills: person.skills,
      })),
    );
  });

  test.each([
    ['q=', people.length],
    ['q=%20', people.length],
    ['q=%20aNN-1%20', 5],
    ['q=%25', 0],
    ['q=a%25', 0],
    ['q=_', 0],
    ["q='%20or%201=1--", 0],
    ['q=%EF%BC%A1nn-1', 5],
    ['skill=', people.length],
    ['skill=%20', people.length],
    ['skill=Type', 0],
    ['skill=%25', 0],
    ['skill=unknown', 0],
    [`skill=${'x'.repeat(200)}`, 0],
    ['mentor=unknown', 0],
    ['mentor=', 0],
  ])('takes text literally: %s finds %i', async (query, count) => {
    const answer = await list(query);
    expect({ status: answer.status, count: namesIn(answer).length }).toEqual({ status: 200, count });
  });

  test('keeps every filter in its Link', async () => {
    const asked = { q: 'ANN', skill: 'TYPESCRIPT', accepting: 'true', has_mentor: 'false', view: 'full', limit: '1' };
    for (const query of [asked, { ...asked, has_mentor: 'true', mentor: 'ann-1' }]) {
      const link = nextOf(await list(new URLSearchParams(query).toString()));
      expect(link).toMatch(/^\/api\/users\?/);
      expect(queryOf(link)).toEqual({ ...query, cursor: expect.stringMatching(/^[\w-]+$/) as string });
      expect((await get(link!)).body).toMatchObject([{ free_places: null }]);
    }
  });

  test.each([
    ['accepting', ['', 'false', 'TRUE', '1', 'yes'], 'Send one of: true.'],
    ['has_mentor', ['', 'yes', 'True', '0', 'null'], 'Send one of: true, false.'],
    ['view', ['', 'none', 'Full', 'full,bio'], 'Send one of: full.'],
  ])('rejects an invalid %s with a 400', async (field, values, message) => {
    for (const value of values)
      expect({ value, ...(await list(`${field}=${value}`)) }).toMatchObject({
        value,
        status: 400,
        body: { code: 'validation_failed', errors: [{ field, code: 'invalid_choice', message }] },
      });
  });

  test.each(['q', 'skill', 'accepting', 'has_mentor', 'mentor', 'view'])('rejects %s sent twice', async (field) => {
    expect(await list(`${field}=true&${field}=true`)).toMatchObject({
      status: 400,
      body: { errors: [{ field, code: 'wrong_type' }] },
    });
  });

  test.each(['q', 'skill', 'mentor'])('rejects NUL in %s', async (field) => {
    expect(await list(`${field}=a%00`)).toMatchObject({
      status: 400,
      body: { errors: [{ field, code: 'invalid_text' }] },
    });
  });

  test.each([
    ['skills', '"skill"'],
    ['hasmentor', '"has_mentor"'],
    ['views', '"view"'],
    ['x', 'The known fields are: limit'],
    ['search', 'The known fields are: limit, cursor, mentor, q, skill, accepting, has_mentor, view.'],
  ])('rejects the unknown parameter %s with %s', async (field, meant) => {
    expect(await list(`${field}=true`)).toMatchObject({
      status: 400,
      body: { errors: [{ field, code: 'unknown_field', message: expect.stringContaining(meant) as string }] },
    });
  });

  test.each(['everyone', 'self'])('returns the same with PROFILE_CONTACT=%s', async (setting) => {
    const { api, stop } = await startService({ settings: { PROFILE_CONTACT: setting } });
    const { access: token } = await api.join('alice', { email: 'alice@example.com', phone: '1234567890' });
    await api.call('PATCH', '/api/users/me', { token, body: { skills: ['Go'], bio: 'I teach.' } });
    await api.join('bob', { mentor_username: 'alice' });
    expect((await api.call('GET', '/api/users?q=a&skill=go', { token })).body).toEqual([
      { username: 'alice', mentor_username: null },
    ]);
    expect((await api.call('GET', '/api/users?view=full', { token })).body).toEqual([
      { id: 1, username: 'alice', mentor_username: null, mentor_policy: 'open', free_places: null, skills: ['Go'] },
      { id: 2, username: 'bob', mentor_username: 'alice', mentor_policy: 'open', free_places: null, skills: [] },
    ]);
    await stop();
  });
});
