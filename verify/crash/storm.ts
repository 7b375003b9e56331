import { Unanswered } from './ledger.ts';
import { advanceMentorship, deleteAccount } from './agreements.ts';
import {
  changeContact,
  changePassword,
  changeProfile,
  type Desk,
  logIn,
  logOut,
  nameMentor,
  removeMentor,
  type Person,
  register,
} from './writes.ts';
import { pick } from '../support/requests.ts';

/** A writer sends one write after another, for the same users, and for temporary users. */
export type Writer = { name: string; people: [Person, ...Person[]]; temporary: Person[]; deleted: Person[] };

export const mentors = ['mentor-1', 'mentor-2', 'mentor-3'] as const;

/** Registers the mentors that every writer names, and three logged-in users for each writer. */
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
    writers.push({ name: `writer-${number}`, people, temporary: [], deleted: [] });
  }
  return writers;
};

type Act = (desk: Desk, writer: Writer) => Promise<void>;

const ofOne =
  (act: (desk: Desk, person: Person) => Promise<void>): Act =>
  (desk, { people }) =>
    act(desk, pick(people));

const registerTemporaryUser: Act = async (desk, { name, temporary }) => {
  const number = desk.next();
  temporary.push(await register(desk, `${name}-${number}`, ...(number % 3 > 0 ? [pick(desk.mentors)] : [])));
};

const deleteTemporaryUser: Act = async (desk, { temporary, deleted }) => {
  const person = temporary.shift();
  if (person === undefined) return;
  await deleteAccount(desk, person);
  deleted.push(person);
};

const betweenTwo: Act = async (desk, { people }) => {
  const [mentee, mentor] = [pick(people), pick(people)];
  if (mentee !== mentor) await advanceMentorship(desk, mentee, mentor);
};

/** Repeated entries are picked more often. Writes that hash a password are rare, to leave time for others. */
const acts: readonly [Act, ...Act[]] = [
  registerTemporaryUser,
  registerTemporaryUser,
  ofOne(logIn),
  ofOne(logIn),
  ofOne(changePassword),
  deleteTemporaryUser,
  ...Array<Act>(3).fill(ofOne(logOut)),
  ...Array<Act>(10).fill(ofOne(changeContact)),
  ...Array<Act>(10).fill(ofOne(changeProfile)),
  ...Array<Act>(5).fill(ofOne(nameMentor)),
  ofOne(removeMentor),
  ...Array<Act>(12).fill(betweenTwo),
];

/** All writers write until the service stops responding. */
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
