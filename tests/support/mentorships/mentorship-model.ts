import type { FailureCode, MentorPolicy, Mentorship, MentorshipStatus, Side } from '@mentorship/domain';
import fc from 'fast-check';
import { hasCycle } from './mentor-graph-model.ts';
import { day, hour } from '../records.ts';
import { allowedBy } from './transition-table.ts';

/** An action. Users are numbered from 1; `which` counts mentorships back from the newest. */
export type Action =
  | { readonly does: 'asks' | 'offers'; readonly mentee: number; readonly mentor: number }
  | {
      readonly does: 'changes';
      readonly which: number;
      readonly user: 'sender' | 'recipient' | number;
      readonly to: MentorshipStatus;
    }
  | { readonly does: 'names'; readonly mentee: number; readonly mentor: number | null }
  | { readonly does: 'chooses'; readonly user: number; readonly mentorPolicy: MentorPolicy }
  | { readonly does: 'limits'; readonly user: number; readonly mentorCapacity: number | null }
  | { readonly does: 'leaves'; readonly user: number };

/** An action, and the milliseconds since the previous one. */
export type Step = readonly [action: Action, after: number];

/** The number of users, how many of them are mentees, and the frequency of each action. */
interface Setup {
  readonly users: number;
  readonly mentees: number;
  readonly weights: Readonly<Record<Action['does'], number>>;
}

/** Sequences of actions among so few users that they often conflict. */
export const mentorshipSteps = ({ users, mentees, weights }: Setup): fc.Arbitrary<Step[]> => {
  const anyUser = fc.constantFrom(...Array.from({ length: users }, (_, index) => index + 1));
  const pair = { mentee: anyUser.map((user) => ((user - 1) % mentees) + 1), mentor: anyUser };
  const actions: { [Does in Action['does']]: fc.Arbitrary<Action & { does: Does }> } = {
    asks: fc.record({ does: fc.constant('asks'), ...pair }),
    offers: fc.record({ does: fc.constant('offers'), ...pair }),
    changes: fc.record({
      does: fc.constant('changes'),
      which: fc.constantFrom(0, 0, 1, 1, 2, 3, 4, 5, 6, 7),
      user: fc.oneof(
        { weight: 7, arbitrary: fc.constantFrom('sender', 'recipient') },
        { weight: 1, arbitrary: anyUser },
      ),
      to: fc.constantFrom('active', 'active', 'active', 'declined', 'cancelled', 'completed', 'ended', 'expired'),
    }),
    names: fc.record({ does: fc.constant('names'), ...pair, mentor: fc.option(anyUser, { freq: 6 }) }),
    chooses: fc.record({
      does: fc.constant('chooses'),
      user: anyUser,
      mentorPolicy: fc.constantFrom('open', 'approval', 'closed'),
    }),
    limits: fc.record({
      does: fc.constant('limits'),
      user: anyUser,
      mentorCapacity: fc.constantFrom(null, 0, 1, 1, 2),
    }),
    leaves: fc.record({ does: fc.constant('leaves'), user: anyUser }),
  };
  const weighted = (Object.keys(actions) as Action['does'][]).map((does) => ({
    weight: weights[does],
    arbitrary: actions[does] as fc.Arbitrary<Action>,
  }));
  const after = fc.oneof(
    { weight: 12, arbitrary: fc.constant(0) },
    { weight: 12, arbitrary: fc.integer({ min: 1, max: hour }) },
    { weight: 1, arbitrary: fc.integer({ min: 13 * day, max: 15 * day }) },
  );
  return fc.array(fc.tuple(fc.oneof(...weighted), after), { maxLength: 100, size: 'max' });
};

type Row = { -readonly [Field in keyof Mentorship]: Mentorship[Field] extends number ? number : Mentorship[Field] };
type Refusal = FailureCode | null;

/** The sender and the recipient of a mentorship. */
export const partiesOf = ({ requestedBy, menteeId, mentorId }: Pick<Row, 'requestedBy' | 'menteeId' | 'mentorId'>) =>
  requestedBy === 'mentee' ? { sender: menteeId, recipient: mentorId } : { sender: mentorId, recipient: menteeId };

/** A naive implementation: one list, searched from the beginning for every question. */
export const naiveMentorships = (start: number, lifetime: number) => {
  const rows: Row[] = [];
  const chosen = new Map<number, { mentorPolicy: MentorPolicy; mentorCapacity: number | null }>();
  const gone = new Set<number>();
  let now = start;

  const choice = (user: number) => chosen.get(user) ?? { mentorPolicy: 'open', mentorCapacity: null };
  const active = () => rows.filter(({ status }) => status === 'active');
  const requests = () => rows.filter(({ status }) => status === 'requested');
  const current = (mentee: number) => active().find(({ menteeId }) => menteeId === mentee);
  const menteesOf = (mentor: number) => active().filter(({ mentorId }) => mentorId === mentor).length;
  const open = (mentee: number, mentor: number) =>
    requests().find(({ menteeId, mentorId }) => menteeId === mentee && mentorId === mentor);

  const links = () => active().map(({ menteeId, mentorId }) => ({ mentee: menteeId, mentor: mentorId }));
  const closesCycle = (mentee: number, mentor: number) =>
    hasCycle([...links().filter((link) => link.mentee !== mentee), { mentee, mentor }]);
  const isFull = (mentor: number) => menteesOf(mentor) >= (choice(mentor).mentorCapacity ?? Infinity);

  const move = (row: Row, status: MentorshipStatus, reason: string | null, at = now): void => {
    Object.assign(row, { status, reason, version: row.version + 1 });
    if (status === 'active') row.startedAt = at;
    else row.endedAt = at;
  };
  const add = (row: Pick<Row, 'menteeId' | 'mentorId' | 'requestedBy' | 'message' | 'expiresAt'>): Row => {
    const initial = { status: 'requested', reason: null, startedAt: null, endedAt: null, version: 1 } as const;
    rows.push({ ...row, ...initial, id: rows.length + 1, createdAt: now });
    return rows.at(-1)!;
  };
  const begin = (row: Row): void => {
    const before = current(row.menteeId);
    if (before) move(before, 'ended', 'replaced');
    if (row.expiresAt === null) Object.assign(row, { status: 'active', startedAt: now });
    else move(row, 'active', null);
    for (const other of requests())
      if (other !== row && other.menteeId === row.menteeId) move(other, 'cancelled', 'matched');
  };

  const request = (requestedBy: Side, menteeId: number, mentorId: number): Refusal => {
    const byMentee = requestedBy === 'mentee';
    if (gone.has(byMentee ? menteeId : mentorId)) return 'access_token_refused';
    if (gone.has(byMentee ? mentorId : menteeId)) return 'validation_failed';
    if (menteeId === mentorId) return 'self_mentoring';
    if (closesCycle(menteeId, mentorId)) return 'mentor_cycle';
    if (current(menteeId)?.mentorId === mentorId) return 'already_mentored';
    if (open(menteeId, mentorId)) return 'request_exists';
    if (byMentee && choice(mentorId).mentorPolicy === 'closed') return 'mentor_closed';
    const sender = byMentee ? menteeId : mentorId;
    const sent = requests().filter((one) => one.requestedBy === requestedBy && partiesOf(one).sender === sender);
    if (sent.length >= (byMentee ? 5 : 20)) return 'too_many_open_requests';
    add({ menteeId, mentorId, requestedBy, message: 'Please.', expiresAt: now + lifetime });
    return null;
  };

  const change = (row: Row, user: number, to: MentorshipStatus): Refusal => {
    if (gone.has(user)) return 'access_token_refused';
    if (user !== row.mentorId && user !== row.menteeId) return 'mentorship_not_found';
    const party = user === partiesOf(row).sender ? 'sender' : 'recipient';
    if (!allowedBy(party, row.status).includes(to)) return 'illegal_transition';
    if (to !== 'active') {
      move(row, to, null);
      return null;
    }
    if (closesCycle(row.menteeId, row.mentorId)) return 'mentor_cycle';
    if (isFull(row.mentorId)) return 'mentor_full';
    begin(row);
    return null;
  };

  const name = (menteeId: number, mentorId: number | null): Refusal => {
    if (gone.has(menteeId)) return 'user_not_found';
    const before = current(menteeId);
    if (mentorId === null) {
      if (before) move(before, 'ended', 'removed');
      return null;
    }
    if (gone.has(mentorId)) return 'validation_failed';
    if (before?.mentorId === mentorId) return null;
    if (menteeId === mentorId) return 'self_mentoring';
    if (closesCycle(menteeId, mentorId)) return 'mentor_cycle';
    const request = open(menteeId, mentorId);
    const offer = request?.requestedBy === 'mentor' ? request : null;
    const { mentorPolicy } = choice(mentorId);
    if (!offer && mentorPolicy === 'approval') return 'mentor_requires_approval';
    if (!offer && mentorPolicy === 'closed') return 'mentor_closed';
    if (isFull(mentorId)) return 'mentor_full';
    begin(offer ?? add({ menteeId, mentorId, requestedBy: 'mentee', message: null, expiresAt: null }));
    return null;
  };

  const limit = (user: number, mentorCapacity: number | null): Refusal => {
    if (gone.has(user)) return 'user_not_found';
    if (mentorCapacity !== null && mentorCapacity < menteesOf(user)) return 'capacity_below_mentees';
    chosen.set(user, { ...choice(user), mentorCapacity });
    return null;
  };

  const choose = (user: number, mentorPolicy: MentorPolicy): Refusal => {
    if (gone.has(user)) return 'user_not_found';
    chosen.set(user, { ...choice(user), mentorPolicy });
    return null;
  };

  const leave = (user: number): Refusal => {
    if (gone.has(user)) return 'access_token_refused';
    gone.add(user);
    for (const row of rows.filter(({ menteeId, mentorId }) => menteeId === user || mentorId === user)) {
      if (row.status === 'requested') move(row, 'cancelled', 'account_ended');
      if (row.status === 'active') move(row, 'ended', 'account_ended');
      // Messages are erased; the model has no other reasons than the service's.
      Object.assign(row, { message: null, version: row.version + 1 });
    }
    return null;
  };

  return {
    rows: rows as readonly Row[],
    gone: gone as ReadonlySet<number>,
    choice,
    /** By ascending number of the mentee. */
    links: () => links().toSorted((a, b) => a.mentee - b.mentee),
    pass(after: number): void {
      now += after;
      for (const row of requests()) if (row.expiresAt! <= now) move(row, 'expired', null, row.expiresAt!);
    },
    request,
    change,
    name,
    choose,
    limit,
    leave,
  };
};
