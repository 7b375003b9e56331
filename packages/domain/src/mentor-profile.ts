import type { Brand } from './brand.ts';
import { InvalidValue } from './failure.ts';
import { withoutJoiners } from './unicode/joiners.ts';
import { requireSingleScript, requireVisible } from './unicode/look-alikes.ts';
import { codePoints, foldCase, isOverlong, parseText, proseParser, requireBounded, unusedKey } from './text.ts';

/**
 * Who may become a mentee: `open` anyone who names the mentor, `approval` by an accepted request, `closed` only by the
 * mentor's offer.
 */
export const mentorPolicies = ['open', 'approval', 'closed'] as const;
export type MentorPolicy = (typeof mentorPolicies)[number];

/** A subject that a mentor teaches: 1 to 50 code points, NFKC, one space between words. */
export type Skill = Brand<string, 'Skill'>;
/** Equal for two spellings of the same skill. */
export type SkillKey = Brand<string, 'SkillKey'>;

/** What a user offers as a mentor. */
export interface MentorProfile {
  readonly mentorPolicy: MentorPolicy;
  /** The largest number of mentees; null without a limit. */
  readonly mentorCapacity: number | null;
  readonly bio: string | null;
  /** In the order in which the user listed them, without duplicates. */
  readonly skills: readonly Skill[];
}

/** The profile of a user who has never set one: as in the original API, anyone may name them as mentor. */
export const defaultProfile: MentorProfile = { mentorPolicy: 'open', mentorCapacity: null, bio: null, skills: [] };

/** The largest value of PostgreSQL's `integer`. */
export const maxCapacity = 2 ** 31 - 1;

/** Throws `InvalidValue`. */
export const parseCapacity = (capacity: number | null): number | null => {
  if (capacity === null || (Number.isInteger(capacity) && capacity >= 0 && capacity <= maxCapacity)) return capacity;
  throw new InvalidValue('invalid_capacity', `Send a whole number from 0 to ${maxCapacity}, or null for no limit.`);
};

/** Lengths are in code points. */
const maxBioLength = 2000;
const maxSkillLength = 50;
export const maxSkills = 50;
/** Counted before any is read, with duplicates. */
const maxSentSkills = 4 * maxSkills;

/** Throws `InvalidValue`. */
export const parseBio = proseParser(maxBioLength);

/** Trims the text and collapses white space. Throws `InvalidValue`. */
export const parseSkill = (text: string): Skill => {
  const skill = requireBounded(parseText(text).trim(), maxSkillLength).normalize('NFKC').trim().replace(/\s+/gu, ' ');
  if (skill === '') throw new InvalidValue('required', 'Name a skill, such as TypeScript, or leave it out.');
  if (codePoints(skill) > maxSkillLength)
    throw new InvalidValue('too_long', `Use at most ${maxSkillLength} characters.`);
  if (!/^[\p{L}\p{M}\p{N}\p{P}\p{S} ]+$/u.test(withoutJoiners(skill)))
    throw new InvalidValue('invalid_skill', 'Use only letters, digits, punctuation and spaces.');
  requireVisible(skill, 'invalid_skill');
  // Words of several scripts stand side by side: web-разработка. A single word of two is a look-alike.
  for (const word of skill.split(/[^\p{L}\p{M}\p{N}\p{Cf}]+/u)) requireSingleScript(word, 'invalid_skill');
  return skill as Skill;
};

/** Keeps the first of several spellings of a skill. Throws `InvalidValue`. */
export const parseSkills = (texts: readonly string[]): Skill[] => {
  if (texts.length > maxSentSkills) throw new InvalidValue('too_many', `Name at most ${maxSkills} skills.`);
  const skills = [...Map.groupBy(texts.map(parseSkill), skillKey).values()].flatMap(([first]) => first ?? []);
  if (skills.length > maxSkills) throw new InvalidValue('too_many', `Name at most ${maxSkills} skills.`);
  return skills;
};

/** The key of any text: text that is not a valid skill gets a key that no user has. */
export const skillKey = (text: string): SkillKey => {
  if (isOverlong(text.trim(), maxSkillLength)) return unusedKey as SkillKey;
  return foldCase(text.normalize('NFKC').replace(/\s+/gu, ' ')) as SkillKey;
};
