import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Account } from '../../support/http/client.ts';
import { mentoring, type Mentorship, mentorshipsIn } from '../../support/http/mentorships.ts';
import { type Service, startService } from '../../support/http/service.ts';
import { type ManualClock, manualClock } from '../../support/manual-clock.ts';

let clock: ManualClock;
let service: Service;
let people: ReturnType<typeof mentoring>;
/** The mentor, who is asked; the mentee, who asks; and a third user. */
let alice: Account;
let john: Account;
let bob: Account;
/** The request of each test. */
let id: number;

beforeAll(async () => {
  clock = manualClock();
  service = await startService({ clock });
  people = mentoring(service.api);
  [alice, john, bob] = await Promise.all([
    service.api.join('alice'),
    service.api.join('john'),
    service.api.join('bob'),
  ]);
});
afterAll(() => service.stop());
beforeEach(async () => {
  await people.clear(alice, john, bob);
  await people.set(alice, { mentor_capacity: null });
  id = await people.asked(john, { mentor: 'alice', message: 'Teach me.' });
});

const read = async () => (await people.get(john, `/api/mentorships/${id}`)).body as Mentorship;
const accept = () => people.change(alice, id, { status: 'active' });
const by = { mentor: () => alice, mentee: () => john };

describe('a change of status', () => {
  test.each([
    ['active', 'mentor', 'requested', { version: 2, started: true, over: false }],
    ['declined', 'mentor', 'requested', { version: 2, started: false, over: true }],
    ['cancelled', 'mentee', 'requested', { version: 2, started: false, over: true }],
    ['completed', 'mentor', 'active', { version: 3, started: true, over: true }],
    ['ended', 'mentee', 'active', { version: 3, started: true, over: true }],
  ] as const)('to %s by the %s is a 200 with the new state', async (status, who, from, { version, started, over }) => {
    if (from === 'active') await accept();
    const before = await read();
    clock.advance(1000);
    const now = new Date(clock.now()).toISOString();
    const answer = await people.change(by[who](), id, { status, reason: 'Because.' });
    expect(answer).toMatchObject({ status: 200, headers: { etag: `"${version}"` } });
    expect(answer.body).toEqual({
      ...before,
      status,
      reason: 'Because.',
      version,
      started_at: started ? (before.started_at ?? now) : null,
      ended_at: over ? now : null,
    });
    expect(await people.get(john, `/api/mentorships/${id}`)).toMatchObject({
      headers: { etag: `"${version}"` },
      body: answer.body as object,
    });
  });

  test('to active replaces the mentee’s mentor and cancels their other requests', async () => {
    const dora = await service.api.join('dora');
    await people.set(john, { mentor: 'bob' });
    const [present] = mentorshipsIn(await people.get(john, '/api/mentorships?status=active'));
    const offer = await people.asked(dora, { mentee: 'john' });
    id = await people.asked(john, { mentor: 'alice' });
    await accept();

    expect(await people.get(john, '/api/users/me')).toMatchObject({ body: { mentor_username: 'alice' } });
    for (const [account, of, body] of [
      [bob, present?.id, { status: 'ended', reason: 'replaced', version: 2 }],
      [dora, offer, { status: 'cancelled', reason: 'matched', version: 2 }],
    ] as const)
      expect(await people.get(account, `/api/mentorships/${of}`)).toMatchObject({ headers: { etag: '"2"' }, body });
  });

  test('is rejected after the mentee has found another mentor', async () => {
    await people.set(john, { mentor: 'bob' });
    expect(await read()).toMatchObject({ status: 'cancelled', reason: 'matched', version: 2 });
    expect(await accept()).toMatchObject({ status: 409, body: { code: 'illegal_transition', allowed: [] } });
  });

  test.each([
    ['requested', 'mentee', 'active', ['cancelled']],
    ['requested', 'mentee', 'requested', ['cancelled']],
    ['requested', 'mentor', 'cancelled', ['active', 'declined']],
    ['requested', 'mentor', 'expired', ['active', 'declined']],
    ['active', 'mentor', 'active', ['completed', 'ended']],
    ['active', 'mentee', 'declined', ['completed', 'ended']],
    ['declined', 'mentor', 'active', []],
  ] as const)('from %s, by the %s, to %s is a 409 that lists the allowed ones', async (from, who, status, allowed) => {
    if (from !== 'requested') await people.change(alice, id, { status: from });
    const before = await read();
    const answer = await people.change(by[who](), id, { status });
    expect(answer).toMatchObject({ status: 409, body: { code: 'illegal_transition', allowed } });
    const { detail } = answer.body as { detail: string };
    expect(detail).toContain(`is ${from}. You cannot change it to ${status}`);
    for (const possible of allowed) expect(detail).toContain(possible);
    expect(await read()).toEqual(before);
  });

  test('to active needs a free place at that time', async () => {
    await people.set(alice, { mentor_capacity: 0 });
    expect(await accept()).toMatchObject({
      status: 409,
      body: { code: 'mentor_full', errors: [{ field: 'status', code: 'mentor_full' }] },
    });
    expect(await read()).toMatchObject({ status: 'requested', version: 1 });
    await people.set(alice, { mentor_capacity: 1 });
    expect(await accept()).toMatchObject({ status: 200 });
  });

  test('to active is rejected if it would make a loop', async () => {
    await people.set(bob, { mentor: 'john' });
    await people.set(alice, { mentor: 'bob' });
    expect(await accept()).toMatchObject({
      status: 409,
      body: { code: 'mentor_cycle', errors: [{ field: 'status', code: 'mentor_cycle' }] },
    });
    expect(await read()).toMatchObject({ status: 'requested', version: 1 });
  });

  test('of other users’ mentorship is a 404 for any body', async () => {
    for (const status of ['active', 'declined', 'cancelled', 'completed'])
      expect(await people.change(bob, id, { status })).toMatchObject({
        status: 404,
        body: { code: 'mentorship_not_found' },
      });
    expect(await read()).toMatchObject({ status: 'requested', version: 1 });
  });

  test.each([
    ['left out', {}, null],
    ['null', { reason: null }, null],
    ['blank', { reason: ' ' }, null],
    ['in lines', { reason: ' No\r\n\ttime. ' }, ' No\r\n\ttime. '],
    ['as long as may be', { reason: 'é'.repeat(2000) }, 'é'.repeat(2000)],
  ])('keeps a reason, %s', async (_, reason, shown) => {
    expect(await people.change(alice, id, { status: 'declined', ...reason })).toMatchObject({
      status: 200,
      body: { reason: shown, message: 'Teach me.' },
    });
  });

  const choices = 'Send one of: requested, active, declined, cancelled, expired, completed, ended.';
  test.each([
    ['without a status', { reason: 'x' }, 'status', 'required', ''],
    ['to an unknown status', { status: 'accepted' }, 'status', 'invalid_choice', choices],
    ['to a status in capitals', { status: 'ACTIVE' }, 'status', 'invalid_choice', choices],
    ['to nothing', { status: '' }, 'status', 'invalid_choice', choices],
    ['to null', { status: null }, 'status', 'wrong_type', ''],
    ['to a list', { status: ['active'] }, 'status', 'wrong_type', ''],
    ['with a reason that is none', { status: 'active', reason: 1 }, 'reason', 'wrong_type', ''],
    ['with a reason of 2,001 characters', { status: 'active', reason: 'x'.repeat(2001) }, 'reason', 'too_long', ''],
    ['with a control character', { status: 'active', reason: 'a\u0007' }, 'reason', 'invalid_text', ''],
    ['with a lone surrogate', { status: 'active', reason: '\udfff' }, 'reason', 'invalid_text', ''],
    ['with a reason of the service', { status: 'ended', reason: 'account_ended' }, 'reason', 'reserved_reason', ''],
    ['with another field', { status: 'active', reasons: 'x' }, 'reasons', 'unknown_field', 'Did you mean "reason"?'],
    ['with a field that is read', { status: 'active', version: 1 }, 'version', 'unknown_field', 'status, reason'],
  ])('rejects %s with a 400, and changes nothing', async (_, body, field, code, says) => {
    const answer = await people.change(alice, id, body);
    expect(answer).toMatchObject({
      status: 400,
      body: { errors: [{ field, code, message: expect.stringContaining(says) as string }] },
    });
    expect(await read()).toMatchObject({ status: 'requested', version: 1 });
  });
});

describe('If-Match', () => {
  const cancel = (ifMatch: string, by = john) =>
    people.change(by, id, { status: 'cancelled' }, { 'if-match': ifMatch });

  test.each(['"1"', ' "1" ', '*', ' * ', '"1", "7"', '"7","1"', '"7",,"1"', 'W/"1", "1"', '"a", "1"'])(
    'accepts %j for version 1',
    async (ifMatch) => {
      expect(await cancel(ifMatch)).toMatchObject({ status: 200, headers: { etag: '"2"' } });
    },
  );

  // oxfmt-ignore
  const stale = [
    '"2"', '"0"', '"-1"', '"7", "8"', 'W/"1"', 'w/"1"', '1', "'1'", '"01"', '"1.0"', '"1"x', '"1', '1"', '""', '"', '', ',',
    '"*"', '"1" "1"', '"1";', 'garbage', '"99999999999999999999"', '"1"'.repeat(1000),
  ];
  test.each(stale)('rejects %j with a 412, and changes nothing', async (ifMatch) => {
    const answer = await cancel(ifMatch);
    expect(answer).toMatchObject({ status: 412, body: { code: 'version_mismatch' } });
    expect((answer.body as { detail: string }).detail).toContain('is now at version 1,');
    expect(await read()).toMatchObject({ status: 'requested', version: 1 });
  });

  test('accepts the ETag that was read until the other side changes the mentorship', async () => {
    const { etag = '' } = (await people.get(john, `/api/mentorships/${id}`)).headers;
    const accepted = await accept();
    const end = (ifMatch: string) => people.change(john, id, { status: 'ended' }, { 'if-match': ifMatch });
    expect(await end(etag)).toMatchObject({ status: 412 });
    expect(await end(accepted.headers['etag'] ?? '')).toMatchObject({ status: 200, body: { status: 'ended' } });
  });

  test('is checked after authentication, access and the body, and before the change', async () => {
    expect(await people.change(john, id, { status: 'active' }, { 'if-match': '"2"' })).toMatchObject({ status: 412 });
    expect(await people.change(john, id, { status: 'over' }, { 'if-match': '"2"' })).toMatchObject({ status: 400 });
    expect(await cancel('"2"', bob)).toMatchObject({ status: 404 });
    const url = `/api/mentorships/${id}`;
    const call = { headers: { 'if-match': '"2"' }, body: { status: 'active' } };
    expect(await service.api.call('PATCH', url, call)).toMatchObject({ status: 401 });
  });
});

test.each(['"1"', 'W/"1"', '*', '"7", "1"'])(
  'If-None-Match: %s of this version is a 412, and changes nothing',
  async (tag) => {
    const cancel = (value: string) => people.change(john, id, { status: 'cancelled' }, { 'if-none-match': value });
    expect(await cancel(tag)).toMatchObject({ status: 412, body: { code: 'version_mismatch' } });
    expect(await read()).toMatchObject({ status: 'requested', version: 1 });
    expect(await cancel('"2"')).toMatchObject({ status: 200 });
  },
);

describe('GET with a precondition', () => {
  const get = (headers: Record<string, string>) =>
    service.api.call('GET', `/api/mentorships/${id}`, { token: john.access, headers });

  test.each(['"1"', 'W/"1"', '*', '"7", W/"1"'])('If-None-Match: %s of this version is a 304', async (tag) => {
    expect(await get({ 'if-none-match': tag })).toMatchObject({ status: 304, text: '', headers: { etag: '"1"' } });
  });

  test.each(['"2"', '1', 'w/"1"', '"1" "1"'])('If-None-Match: %s is a 200', async (tag) => {
    expect(await get({ 'if-none-match': tag })).toMatchObject({ status: 200 });
  });

  test('If-Match of another version is a 412, which names a weakened tag', async () => {
    expect(await get({ 'if-match': '"1"' })).toMatchObject({ status: 200 });
    expect(await get({ 'if-match': '"2"' })).toMatchObject({ status: 412, body: { code: 'version_mismatch' } });
    const { status, body } = await get({ 'if-match': 'W/"1"' });
    expect(status).toBe(412);
    expect((body as { detail: string }).detail).toContain('weakened');
  });
});
