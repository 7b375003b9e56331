import { call } from '../../tests/support/processes/service.ts';
import { another, lastOf, replacing, list } from './changes.ts';
import { type Change, write } from './ledger.ts';
import { type Desk, logIn, type Person, tokenOf } from './writes.ts';
import type { Mentorship } from '../support/mentoring.ts';

const requestMentor = async ({ url, ledger }: Desk, mentee: Person, mentor: Person): Promise<void> => {
  const change = [another(ledger.facts, mentee.username, mentor.username, 'requested')];
  await write(ledger, `${mentee.username} requests ${mentor.username}`, change, () =>
    call(url, 'POST /api/mentorships', { ...tokenOf(mentee), body: { mentor: mentor.username } }),
  );
};

/** Takes the next step of a mentorship: the mentee requests it, the mentor answers, the mentee completes it. */
export const advanceMentorship = async (desk: Desk, mentee: Person, mentor: Person): Promise<void> => {
  const { facts } = desk.ledger;
  const [e, r] = [mentee.username, mentor.username];
  const status = list(facts, `pair ${e} ${r}`).at(-1);
  const ways: Partial<Record<string, () => Promise<void>>> = {
    requested: () =>
      desk.next() % 4 === 0
        ? move(desk, mentor, mentee, 'declined', [lastOf(facts, e, r, 'declined')])
        : move(desk, mentor, mentee, 'active', [
            ...replacing(facts, e, r),
            [`mentor ${e}`, r],
            lastOf(facts, e, r, 'active'),
          ]),
    active: () =>
      move(desk, mentee, mentor, 'completed', [[`mentor ${e}`, undefined], lastOf(facts, e, r, 'completed')]),
  };
  await (status === undefined
    ? requestMentor(desk, mentee, mentor)
    : (ways[status]?.() ?? requestMentor(desk, mentee, mentor)));
};

const move = async ({ url, ledger }: Desk, actor: Person, other: Person, status: string, change: Change) => {
  const [role, from] = status === 'completed' ? ['mentee', 'active'] : ['mentor', 'requested'];
  const path = `/api/mentorships?role=${role}&status=${from}`;
  const listed = await call<Mentorship[]>(url, `GET ${path}`, tokenOf(actor)).catch(() => null);
  const found = Array.isArray(listed?.body)
    ? listed.body.find((one) => [one.mentee_username, one.mentor_username].includes(other.username))
    : undefined;
  if (found === undefined) return;
  await write(ledger, `${actor.username} sets ${found.id} ${status}`, change, () =>
    call(url, `PATCH /api/mentorships/${found.id}`, { ...tokenOf(actor), body: { status } }),
  );
};

/** Deletes the account of a temporary user, with all of its data. */
export const deleteAccount = async (desk: Desk, person: Person): Promise<void> => {
  const { username } = person;
  if (person.sessions.length === 0) await logIn(desk, person);
  const theirs = [...desk.ledger.facts.keys()].filter((fact) => fact.split(' ').slice(1).includes(username));
  const change = theirs.map((fact) => [fact, undefined] as const);
  const body = { current_password: person.password };
  const { ledger, url } = desk;
  const left = await write(ledger, `${username} deletes the account`, change, () =>
    call(url, 'DELETE /api/users/me', { ...tokenOf(person), body }),
  );
  if (left !== null) person.ended.push(...person.sessions.splice(0));
};
