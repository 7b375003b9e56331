import { Unanswered } from './ledger.ts';
import { goOn, leave } from './agreements.ts';
import {
  changeContact,
  changePassword,
  changeProfile,
  type Desk,
  logIn,
  logOut,
  nameMentor,
  nameNobody,
  type Person,
  register,
} from './writes.ts';
import { pick } from '../support/requests.ts';

/** Somebody who writes one thing after another, always of the same people, and of some who come and go. */
export type Writer = { name: string; people: [Person, ...Person[]]; passing: Person[]; left: Person[] };

export const mentors = ['mentor-1', 'mentor-2', 'mentor-3'] as const;

/** The mentors whom all may name, and writers with three people each, who are logged in. */
export const prepare = async (desk: Desk, count: number): Promise<Writer[]> => {
  for (const mentor of mentors) await register(desk, mentor);
  const writers: Writer[] = [];
  for (let number = 1; number <= count; number++) {
    const join = async (name: string) => {
      const person = await register(desk, `${name}-${number}`);
      await logIn(desk, person);
      return person;
    };
    const people: Writer['people'] = [await join('anna'), await join('ben'), await join('cleo')];
    writers.push({ name: `writer-${number}`, people, passing: [], left: [] });
  }
  return writers;
};

type Act = (desk: Desk, writer: Writer) => Promise<void>;

const ofOne =
  (act: (desk: Desk, person: Person) => Promise<void>): Act =>
  (desk, { people }) =>
    act(desk, pick(people));

const registerSomebody: Act = async (desk, { name, passing }) => {
  const number = desk.next();
  passing.push(await register(desk, `${name}-${number}`, ...(number % 3 > 0 ? [pick(desk.mentors)] : [])));
};

const seeOff: Act = async (desk, { passing, left }) => {
  const person = passing.shift();
  if (person === undefined) return;
  await leave(desk, person);
  left.push(person);
};

const betweenTwo: Act = async (desk, { people }) => {
  const [mentee, mentor] = [pick(people), pick(people)];
  if (mentee !== mentor) await goOn(desk, mentee, mentor);
};

/** Each as often as it stands here. Whatever hashes a password is rare, so that there is time for other writes. */
const acts: readonly [Act, ...Act[]] = [
  registerSomebody,
  registerSomebody,
  ofOne(logIn),
  ofOne(logIn),
  ofOne(changePassword),
  seeOff,
  ...Array<Act>(3).fill(ofOne(logOut)),
  ...Array<Act>(10).fill(ofOne(changeContact)),
  ...Array<Act>(10).fill(ofOne(changeProfile)),
  ...Array<Act>(5).fill(ofOne(nameMentor)),
  ofOne(nameNobody),
  ...Array<Act>(12).fill(betweenTwo),
];

/** All of them write until nobody answers any more. */
export const storm = async (desk: Desk, writers: readonly Writer[]): Promise<void> => {
  const run = async (writer: Writer) => {
    try {
      for (;;) await pick(acts)(desk, writer);
    } catch (error) {
      if (!(error instanceof Unanswered)) throw error;
    }
  };
  await Promise.all(writers.map(run));
};
