import type { Brand } from './brand.ts';
import { InvalidValue } from './failure.ts';
import { foldCase, codePoints, parseText, proseParser } from './text.ts';

/** How somebody becomes a mentor's mentee: by naming the mentor, only with the mentor's word, or not at all by asking. */
export const mentorPolicies = ['open', 'approval', 'closed'] as const;
export type MentorPolicy = (typeof mentorPolicies)[number];

/** What others know a user can help with: 1 to 50 code points, NFKC, one space between words. */
export type Skill = Brand<string, 'Skill'>;
/** What makes two skills the same skill. */
export type SkillKey = Brand<string, 'SkillKey'>;

/** What a mentor says of themselves and asks for. */
export interface MentorProfile {
  readonly mentorPolicy: MentorPolicy;
  /** How many mentees at most; null without a limit. */
  readonly mentorCapacity: number | null;
  readonly bio: string | null;
  /** In the order in which they were given, none twice. */
  readonly skills: readonly Skill[];
}

/** What holds for a user who has never chosen any of it: the mentor of the original, whom everyone may name. */
export const defaultProfile: MentorProfile = { mentorPolicy: 'open', mentorCapacity: null, bio: null, skills: [] };

/** What an integer of PostgreSQL holds. */
export const maxCapacity = 2 ** 31 - 1;

/** Throws `InvalidValue`. */
export const parseCapacity = (capacity: number | null): number | null => {
  if (capacity === null || (Number.isInteger(capacity) && capacity >= 0 && capacity <= maxCapacity)) return capacity;
  throw new InvalidValue('invalid_capacity', `Send a whole number from 0 to ${maxCapacity}, or null for no limit.`);
};

const longestBio = 2000;
const longestSkill = 50;
export const maxSkills = 50;

/** Throws `InvalidValue`. */
export const parseBio = proseParser(longestBio);

/** Throws `InvalidValue`; white space around and between words comes to one space. */
export const parseSkill = (text: string): Skill => {
  const skill = parseText(text).normalize('NFKC').trim().replace(/\s+/gu, ' ');
  if (skill === '') throw new InvalidValue('required', 'Name a skill, such as TypeScript, or leave it out.');
  if (codePoints(skill) > longestSkill) throw new InvalidValue('too_long', `Use at most ${longestSkill} characters.`);
  if (!/^[\p{L}\p{M}\p{N}\p{P}\p{S} ]+$/u.test(skill))
    throw new InvalidValue('invalid_skill', 'Use only letters, digits, punctuation and spaces.');
  return skill as Skill;
};

/** The same skill in another case is the same skill: the first spelling stays. Throws `InvalidValue`. */
export const parseSkills = (texts: readonly string[]): Skill[] => {
  const skills = [...Map.groupBy(texts.map(parseSkill), skillKey).values()].flatMap(([first]) => first ?? []);
  if (skills.length > maxSkills) throw new InvalidValue('too_many', `Name at most ${maxSkills} skills.`);
  return skills;
};

/** Also of text that is no skill, which then nobody has. */
export const skillKey = (text: string): SkillKey => foldCase(text.normalize('NFKC').replace(/\s+/gu, ' ')) as SkillKey;
