import { openKyselyStore } from '@mentorship/adapters/kysely';
import { maxOpenRequests } from '@mentorship/domain';
import { addMentorship, addUsers, answer, link, newUser, now, request, session, setProfile } from '../records.ts';
import type { Database } from './stores.ts';

/** Creates a store with rows for every rule: users 1 to 9, the last with an ended account. */
export const fillForEveryRule = async ({ url }: Pick<Database, 'url'>): Promise<void> => {
  const store = await openKyselyStore(url);
  const [alice, bob, erin, ...others] = await addUsers(store, 'Alice', 'Bob', 'Ürin', 'd', 'e', 'f', 'g', 'h', 'i');
  await link(store, alice, bob);
  await link(store, bob, erin);
  await setProfile(store, bob, { mentorPolicy: 'approval', skills: ['Rust', 'дизайн'] as never, mentorCapacity: 1 });
  for (const mentor of others.slice(0, maxOpenRequests.mentee)) await addMentorship(store, request(alice, mentor));
  await answer(store, await addMentorship(store, request(erin, bob)), 'declined', 'Not now.');
  await store.storage.atomically(async ({ users, sessions }) => {
    await sessions.open(session('open', alice.id));
    await sessions.open(session('ended', bob.id));
    await sessions.end({ userId: bob.id }, 'logout', now);
    await users.erase(others[5].id, newUser('x').passwordHash, now);
  });
  await store.close();
};

/** Statements that switch off the constraints of the database for a connection. */
export const disableConstraints = {
  sqlite: ['pragma foreign_keys = off', 'pragma ignore_check_constraints = on'],
  postgres: ['set session_replication_role = replica'],
};

const at = `'${new Date(now).toISOString()}'`;
const insertMentorship = `insert into mentorships (mentee_id, mentor_id, status, requested_by, created_at, expires_at, started_at, version) values`;
const active = (mentee: number, mentor: number) => `(${mentee}, ${mentor}, 'active', 'mentee', ${at}, null, ${at}, 1)`;
const asked = (mentee: number, mentor: number) =>
  `(${mentee}, ${mentor}, 'requested', 'mentee', ${at}, ${at}, null, 1)`;
/** PostgreSQL cannot ignore a check constraint, only drop it. */
const without = (rule: string) => ({ postgres: [`alter table mentorships drop constraint mentorships_${rule}`] });

interface Corruption {
  readonly statements: readonly string[];
  /** The rule that is broken, and the line that says how. */
  readonly expected: readonly [check: RegExp, line: string | RegExp];
  readonly first?: { readonly sqlite?: string[]; readonly postgres?: string[] };
}

export const corruptions: Record<string, Corruption> = {
  'a row that refers to a missing row': {
    statements: [`insert into user_networks values (77, '192.0.2.1', ${at})`],
    expected: [
      /existing rows/,
      /^(row \d+ of user_networks refers to a row that does not exist in users|user_networks.user_id refers to 77, which does not exist in users)$/,
    ],
  },
  'a column that an operator has added': {
    statements: ['alter table sessions add column colour text'],
    expected: [/schema/, 'not of this release: sessions: column colour, or null'],
  },
  'two mentors, and no index against that': {
    statements: ['drop index mentorships_one_active_a_mentee', `${insertMentorship} ${active(1, 4)}`],
    expected: [/one active mentor/, 'active mentors of user 1: 2'],
  },
  'no triggers that protect events': {
    first: {
      sqlite: ['drop trigger security_events_kept'],
      postgres: ['drop trigger security_events_kept on security_events'],
    },
    statements: [],
    expected: [/schema/, 'missing: trigger security_events_kept of security_events'],
  },
  'a trigger that protects nothing': {
    first: {
      sqlite: [
        'drop trigger security_events_kept',
        'create trigger security_events_kept before delete on security_events begin select 1; end',
      ],
      postgres: [
        'create or replace function security_events_only_grows() returns trigger language plpgsql as $$ begin return old; end $$',
      ],
    },
    statements: [],
    expected: [
      /schema/,
      /^changed: (trigger security_events_kept of security_events|function security_events_only_grows)$/,
    ],
  },
  'a trigger that is switched off': {
    first: {
      sqlite: ['drop trigger security_events_unchanged'],
      postgres: ['alter table security_events disable trigger security_events_kept'],
    },
    statements: [],
    expected: [/schema/, /^missing: trigger security_events_(unchanged|kept) of security_events$/],
  },
  'a trigger on another table': {
    first: {
      sqlite: ['create trigger spy after update on users begin select 1; end'],
      postgres: [
        'create function spying() returns trigger language plpgsql as $$ begin return new; end $$',
        'create trigger spy after update on users for each row execute function spying()',
      ],
    },
    statements: [],
    expected: [/schema/, 'not of this release: trigger spy of users'],
  },
  'a view': {
    statements: ['create view overview as select id from users'],
    expected: [/schema/, 'not of this release: view overview'],
  },
  'two users who mentor each other': {
    statements: [`${insertMentorship} ${active(4, 5)}, ${active(5, 4)}`],
    expected: [/no mentor loops/, 'user 4 is their own mentor, directly or indirectly'],
  },
  'a long loop, and users below it': {
    statements: [
      `${insertMentorship} ${active(3, 4)}, ${active(4, 5)}, ${active(5, 6)}, ${active(6, 7)}, ${active(7, 3)}`,
    ],
    expected: [/no mentor loops/, 'user 7 is their own mentor, directly or indirectly'],
  },
  'a loop of a user with two mentors': {
    statements: [
      'drop index mentorships_one_active_a_mentee',
      `${insertMentorship} ${active(4, 5)}, ${active(5, 4)}, ${active(5, 3)}`,
    ],
    expected: [/no mentor loops/, 'user 4 is their own mentor, directly or indirectly'],
  },
  'more mentees than capacity': {
    statements: ['update users set mentor_capacity = 0 where id = 2'],
    expected: [/more mentees/, 'user 2: capacity 0, mentees 1'],
  },
  'two requests of one pair': {
    statements: ['drop index mentorships_one_request_a_pair', `${insertMentorship} ${asked(1, 4)}`],
    expected: [/one open request/, 'open requests of mentee 1 and mentor 4: 2'],
  },
  'one request too many': {
    statements: [`${insertMentorship} ${asked(1, 3)}`],
    expected: [/5 open requests/, 'open requests that user 1 has sent: 6'],
  },
  'an unknown status': {
    first: without('open'),
    statements: [`update mentorships set status = 'paused' where id = 8`],
    expected: [/agree with its status/, 'mentorship 8 has an unknown status'],
  },
  'an unknown side': {
    statements: [`update mentorships set requested_by = 'mother' where id = 8`],
    expected: [/agree with its status/, 'mentorship 8 was requested by neither side'],
  },
  'a user as their own mentor': {
    first: without('not_oneself'),
    statements: ['update mentorships set mentor_id = mentee_id where id = 8'],
    expected: [/agree with its status/, 'mentorship 8 has the same mentor and mentee'],
  },
  'an active mentorship that has not begun': {
    first: without('started'),
    statements: ['update mentorships set started_at = null where id = 1'],
    expected: [/agree with its status/, 'mentorship 1 has a status that disagrees with its start'],
  },
  'an active mentorship with an end': {
    first: without('open'),
    statements: [`update mentorships set ended_at = started_at where id = 1`],
    expected: [/agree with its status/, 'mentorship 1 has a status that disagrees with its end'],
  },
  'a request that never expires': {
    first: without('requested'),
    statements: ['update mentorships set expires_at = null where id = 3'],
    expected: [/agree with its status/, 'mentorship 3 is a request that never expires'],
  },
  'a start before the request': {
    statements: [`update mentorships set started_at = '2025-01-01T00:00:00.000Z' where id = 1`],
    expected: [/agree with its status/, 'mentorship 1 began before it was requested'],
  },
  'an end before the start': {
    statements: [`update mentorships set ended_at = '2025-01-01T00:00:00.000Z' where id = 8`],
    expected: [/agree with its status/, 'mentorship 8 ended before it began'],
  },
  'an invalid version': {
    statements: ['update mentorships set version = 0 where id = 8'],
    expected: [/agree with its status/, 'mentorship 8 has no version'],
  },
  'a change after the last recorded one': {
    statements: [`update mentor_graph set changed_at = '2025-01-01T00:00:00.000Z'`],
    expected: [/last recorded change/, 'mentorship 1 changed after 2025-01-01T00:00:00.000Z'],
  },
  'the key of another username': {
    statements: [`update users set username_key = 'ürinn' where id = 3`],
    expected: [/the right key/, 'user 3, Ürin, has the key ürinn'],
  },
  'a skill in a profile that finds no user': {
    statements: [`delete from user_skills where skill_key = 'rust'`],
    expected: [/skills/, 'user 2 is found by other skills than their profile has'],
  },
  'a skill that no profile has': {
    statements: [`insert into user_skills values ('go', 3)`],
    expected: [/skills/, 'user 3 is found by other skills than their profile has'],
  },
  'skills that cannot be read': {
    statements: [`update users set skills = '[' where id = 3`],
    expected: [/skills/, 'user 3 is found by other skills than their profile has'],
  },
  'an ended account with a username': {
    statements: [`update users set username = 'Ida', username_key = 'ida' where id = 9`],
    expected: [/pseudonym/, 'user 9 is called Ida'],
  },
  'an ended account with an email address': {
    statements: [`update users set email = 'i@example.org' where id = 9`],
    expected: [/no personal data/, 'the ended account 9 has personal data'],
  },
  'an ended account with a password hash': {
    statements: [`update users set password_hash = 'x' where id = 9`],
    expected: [/no personal data/, 'the ended account 9 has personal data'],
  },
  'an ended account with a network': {
    statements: [`insert into user_networks values (9, '192.0.2.1', ${at})`],
    expected: [/no personal data/, 'the ended account 9 has networks'],
  },
  'an ended account with an open session': {
    statements: [`update sessions set user_id = 9 where id = 'open'`],
    expected: [/no personal data/, 'the ended account 9 has an open session'],
  },
  'an ended account with the address of a session': {
    statements: [`update sessions set user_id = 9, ip = '192.0.2.1' where id = 'ended'`],
    expected: [/no personal data/, 'the ended account 9 has sessions with an address'],
  },
  'an ended account with a mentee': {
    statements: [`${insertMentorship} ${active(4, 9)}`],
    expected: [/no personal data/, 'mentorship 9 of an ended account is still open'],
  },
  'an ended account with a message': {
    statements: [`update mentorships set mentor_id = 9 where id = 8`],
    expected: [/no personal data/, 'mentorship 8 of an ended account has a message or reason'],
  },
  'an ended session without a reason': {
    first: { postgres: ['alter table sessions drop constraint sessions_end_has_reason'] },
    statements: [`update sessions set end_reason = null where id = 'ended'`],
    expected: [/a reason and a number/, 'session ended has an end without a reason, or a reason without an end'],
  },
  'an ended session without a number': {
    statements: [`update sessions set end_number = null where id = 'ended'`],
    expected: [/a reason and a number/, 'session ended has an end without a number, or a number without an end'],
  },
  'a number that was never assigned': {
    statements: ['update session_end_counter set number = 1'],
    expected: [/a reason and a number/, 'session ended has a number that was never assigned'],
  },
  'a deactivated user with an open session': {
    statements: [`update users set deactivated_at = ${at} where id = 1`],
    expected: [/deactivated/, 'user 1 has the open session open'],
  },
  'ids that would be assigned twice': {
    first: {
      sqlite: [`update sqlite_sequence set seq = 7 where name = 'users'`],
      postgres: [`select setval('users_id_seq', 7)`],
    },
    statements: [],
    expected: [/unused/, 'users has the id 9, but would assign 8 next'],
  },
  'a counter without its row': {
    statements: ['delete from mentor_graph'],
    expected: [/their row/, 'mentor_graph has 0 rows instead of row 1 alone'],
  },
  'a timestamp in another form': {
    statements: [`update users set created_at = '2026-01-01 12:00:00+02' where id = 4`],
    expected: [/sortable form/, 'created_at of users is 2026-01-01 12:00:00+02'],
  },
};
