import { openKyselyStore } from '@mentorship/adapters/kysely';
import { maxOpenRequests } from '@mentorship/domain';
import { addMentorship, addUsers, answer, link, newUser, now, request, session, setProfile } from '../records.ts';
import type { Database } from './stores.ts';

/** A store that has something for every rule: users 1 to 9, of whom the last has ended their account. */
export const fillForEveryRule = async ({ url }: Pick<Database, 'url'>): Promise<void> => {
  const store = await openKyselyStore(url);
  const [alice, bob, erin, ...others] = await addUsers(store, 'Alice', 'Bob', 'Ürin', 'd', 'e', 'f', 'g', 'h', 'i');
  await link(store, alice, bob);
  await link(store, bob, erin);
  await setProfile(store, bob, { mentorPolicy: 'approval', skills: ['Rust', 'дизайн'] as never, mentorCapacity: 1 });
  for (const mentor of others.slice(0, maxOpenRequests)) await addMentorship(store, request(alice, mentor));
  await answer(store, await addMentorship(store, request(erin, bob)), 'declined', 'Not now.');
  await store.storage.atomically(async ({ users, sessions }) => {
    await sessions.open(session('open', alice.id));
    await sessions.open(session('ended', bob.id));
    await sessions.end({ userId: bob.id }, 'logout', now);
    await users.erase(others[5].id, newUser('x').passwordHash, now);
  });
  await store.close();
};

/** What lets a connection write what no rule of the database would. */
export const disarm = {
  sqlite: ['pragma foreign_keys = off', 'pragma ignore_check_constraints = on'],
  postgres: ['set session_replication_role = replica'],
};

const at = `'${new Date(now).toISOString()}'`;
const insertMentorship = `insert into mentorships (mentee_id, mentor_id, status, requested_by, created_at, expires_at, started_at, version) values`;
const active = (mentee: number, mentor: number) => `(${mentee}, ${mentor}, 'active', 'mentee', ${at}, null, ${at}, 1)`;
const asked = (mentee: number, mentor: number) =>
  `(${mentee}, ${mentor}, 'requested', 'mentee', ${at}, ${at}, null, 1)`;
/** Rules of PostgreSQL cannot be passed over, only taken away. */
const without = (rule: string) => ({ postgres: [`alter table mentorships drop constraint mentorships_${rule}`] });

interface Corruption {
  readonly statements: readonly string[];
  /** The rule, and a line on how it is broken. */
  readonly told: readonly [check: RegExp, line: string | RegExp];
  readonly first?: { readonly sqlite?: string[]; readonly postgres?: string[] };
}

export const corruptions: Record<string, Corruption> = {
  'a row that refers to nothing': {
    statements: [`insert into user_networks values (77, '192.0.2.1', ${at})`],
    told: [
      /refer to rows/,
      /^(row \d+ of user_networks refers to none of users|user_networks.user_id refers to 77, which is none of users)$/,
    ],
  },
  'a column of somebody': {
    statements: ['alter table sessions add column colour text'],
    told: [/schema/, 'not of this release: sessions: column colour, or null'],
  },
  'no index that keeps mentors from being two, and two': {
    statements: ['drop index mentorships_one_active_a_mentee', `${insertMentorship} ${active(1, 4)}`],
    told: [/one active mentor/, 'active mentors of user 1: 2'],
  },
  'no triggers that keep events': {
    first: {
      sqlite: ['drop trigger security_events_kept'],
      postgres: ['drop trigger security_events_kept on security_events'],
    },
    statements: [],
    told: [/schema/, 'missing: security_events: only grows'],
  },
  'two who mentor each other': {
    statements: [`${insertMentorship} ${active(4, 5)}, ${active(5, 4)}`],
    told: [/above themselves/, 'user 4 stands above themselves'],
  },
  'a long loop, and some below it': {
    statements: [
      `${insertMentorship} ${active(3, 4)}, ${active(4, 5)}, ${active(5, 6)}, ${active(6, 7)}, ${active(7, 3)}`,
    ],
    told: [/above themselves/, 'user 7 stands above themselves'],
  },
  'a loop of somebody who has two mentors': {
    statements: [
      'drop index mentorships_one_active_a_mentee',
      `${insertMentorship} ${active(4, 5)}, ${active(5, 4)}, ${active(5, 3)}`,
    ],
    told: [/above themselves/, 'user 4 stands above themselves'],
  },
  'more mentees than places': {
    statements: ['update users set mentor_capacity = 0 where id = 2'],
    told: [/more mentees/, 'user 2 takes 0 and has 1'],
  },
  'two requests of a pair': {
    statements: ['drop index mentorships_one_request_a_pair', `${insertMentorship} ${asked(1, 4)}`],
    told: [/one open request/, 'open requests of mentee 1 and mentor 4: 2'],
  },
  'one request too many': {
    statements: [`${insertMentorship} ${asked(1, 3)}`],
    told: [/5 open requests/, 'open requests that user 1 has sent: 6'],
  },
  'a status that there is not': {
    first: without('open'),
    statements: [`update mentorships set status = 'paused' where id = 8`],
    told: [/say what its/, 'mentorship 8 has a status that there is not'],
  },
  'a side that there is not': {
    statements: [`update mentorships set requested_by = 'mother' where id = 8`],
    told: [/say what its/, 'mentorship 8 was asked by neither side'],
  },
  'a mentor of oneself': {
    first: without('not_oneself'),
    statements: ['update mentorships set mentor_id = mentee_id where id = 8'],
    told: [/say what its/, 'mentorship 8 is with oneself'],
  },
  'an active one that has not begun': {
    first: without('started'),
    statements: ['update mentorships set started_at = null where id = 1'],
    told: [/say what its/, 'mentorship 1 has begun and has no beginning, or the other way round'],
  },
  'an end of what is active': {
    first: without('open'),
    statements: [`update mentorships set ended_at = started_at where id = 1`],
    told: [/say what its/, 'mentorship 1 is over and has no end, or the other way round'],
  },
  'a request without an end': {
    first: without('requested'),
    statements: ['update mentorships set expires_at = null where id = 3'],
    told: [/say what its/, 'mentorship 3 is a request that never runs out'],
  },
  'a beginning before the request': {
    statements: [`update mentorships set started_at = '2025-01-01T00:00:00.000Z' where id = 1`],
    told: [/say what its/, 'mentorship 1 began before it was asked'],
  },
  'an end before the beginning': {
    statements: [`update mentorships set ended_at = '2025-01-01T00:00:00.000Z' where id = 8`],
    told: [/say what its/, 'mentorship 8 ended before it began'],
  },
  'a version that there is not': {
    statements: ['update mentorships set version = 0 where id = 8'],
    told: [/say what its/, 'mentorship 8 has no version'],
  },
  'a change after the last one': {
    statements: [`update mentor_graph set changed_at = '2025-01-01T00:00:00.000Z'`],
    told: [/later than the last/, 'mentorship 1 has changed after 2025-01-01T00:00:00.000Z'],
  },
  'a key of another name': {
    statements: [`update users set username_key = 'ürinn' where id = 3`],
    told: [/key by which/, 'user 3, Ürin, has the key ürinn'],
  },
  'a skill by which nobody is found': {
    statements: [`delete from user_skills where skill_key = 'rust'`],
    told: [/skills/, 'user 2 shows other skills than they are found by'],
  },
  'a skill that nobody shows': {
    statements: [`insert into user_skills values ('go', 3)`],
    told: [/skills/, 'user 3 shows other skills than they are found by'],
  },
  'skills that cannot be read': {
    statements: [`update users set skills = '[' where id = 3`],
    told: [/skills/, 'user 3 shows other skills than they are found by'],
  },
  'a name after the end': {
    statements: [`update users set username = 'Ida', username_key = 'ida' where id = 9`],
    told: [/pseudonym/, 'user 9 is called Ida'],
  },
  'an address after the end': {
    statements: [`update users set email = 'i@example.org' where id = 9`],
    told: [/nothing is kept/, 'the ended account 9 has data in it'],
  },
  'a hash after the end': {
    statements: [`update users set password_hash = 'x' where id = 9`],
    told: [/nothing is kept/, 'the ended account 9 has data in it'],
  },
  'a network after the end': {
    statements: [`insert into user_networks values (9, '192.0.2.1', ${at})`],
    told: [/nothing is kept/, 'the ended account 9 has networks'],
  },
  'an open session after the end': {
    statements: [`update sessions set user_id = 9 where id = 'open'`],
    told: [/nothing is kept/, 'the ended account 9 has an open session'],
  },
  'where a session was, after the end': {
    statements: [`update sessions set user_id = 9, ip = '192.0.2.1' where id = 'ended'`],
    told: [/nothing is kept/, 'the ended account 9 has sessions with an address'],
  },
  'a mentor after the end': {
    statements: [`${insertMentorship} ${active(4, 9)}`],
    told: [/nothing is kept/, 'mentorship 9 of an ended account is not over'],
  },
  'words after the end': {
    statements: [`update mentorships set mentor_id = 9 where id = 8`],
    told: [/nothing is kept/, 'mentorship 8 of an ended account has words in it'],
  },
  'an end without a reason': {
    first: { postgres: ['alter table sessions drop constraint sessions_end_has_reason'] },
    statements: [`update sessions set end_reason = null where id = 'ended'`],
    told: [/its reason/, 'session ended has an end without a reason, or the other way round'],
  },
  'an end without a number': {
    statements: [`update sessions set end_number = null where id = 'ended'`],
    told: [/its reason/, 'session ended has an end without a number, or the other way round'],
  },
  'a number that was not given out': {
    statements: ['update session_end_counter set number = 1'],
    told: [/its reason/, 'session ended has a number that was not given out'],
  },
  'somebody deactivated who is logged in': {
    statements: [`update users set deactivated_at = ${at} where id = 1`],
    told: [/deactivated/, 'user 1 has the open session open'],
  },
  'ids that would come twice': {
    first: {
      sqlite: [`update sqlite_sequence set seq = 7 where name = 'users'`],
      postgres: [`select setval('users_id_seq', 7)`],
    },
    statements: [],
    told: [/new/, 'users has the id 9, and would give out 8 next'],
  },
  'no counter': {
    statements: ['delete from mentor_graph'],
    told: [/its row/, 'mentor_graph has 0 rows, and not the one'],
  },
  'a moment in another form': {
    statements: [`update users set created_at = '2026-01-01 12:00:00+02' where id = 4`],
    told: [/sort as time/, 'created_at of users is 2026-01-01 12:00:00+02'],
  },
};
