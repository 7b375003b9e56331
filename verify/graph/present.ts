import { call } from '../../tests/support/processes/service.ts';
import { type Log, possibleAt } from './log.ts';
import { pagesFrom } from '../support/mentoring.ts';
import type { Company } from '../support/people.ts';
import type { Report } from '../support/report.ts';
import { pick } from '../support/requests.ts';

type Entry = { username: string; mentor_username: string | null; free_places: number | null };
type Detail = { mentor_username: string | null; mentees: string[]; mentor_capacity?: number | null };

/** Requires that the list of users and every detail show the last values of the log, and agree with each other. */
export const comparePresent = async (report: Report, { services, people }: Company, log: Log): Promise<void> => {
  const [reader] = people;
  const pages = await pagesFrom<Entry[]>(pick(services), reader, '/api/users?view=full');
  const entries = new Map(pages.flat().map((entry) => [entry.username, entry]));
  const now = Date.now();
  for (const { id, username } of people) {
    const entry = entries.get(username);
    const { body } = await call<Detail>(pick(services).url, `GET /api/users/${id}`, reader);
    const { mentor_username: mentor, mentees, mentor_capacity: capacity = null } = body;
    report.require(
      possibleAt(log.mentors.get(username) ?? [], now).includes(mentor),
      'at the end a mentor is not the acknowledged one',
    );
    report.require(entry?.mentor_username === mentor, 'the list of users and a detail name different mentors');
    report.require(
      possibleAt(log.capacities.get(username) ?? [], now).includes(capacity),
      'at the end a capacity is not the acknowledged one',
    );
    const expected = people.filter((mentee) => entries.get(mentee.username)?.mentor_username === username);
    report.require(
      mentees.join() === expected.map((mentee) => mentee.username).join(),
      'the mentees in a detail differ from the list of users',
    );
    const free = capacity === null ? null : capacity - mentees.length;
    report.require(entry?.free_places === free, 'the free places are not the capacity minus the mentees');
  }
};
