import { type MentorPolicy, type MentorProfile, type Skill, skillKey, type UserId } from '@mentorship/domain';
import type { Kysely, Selectable } from 'kysely';
import type { Schema } from '../schema/schema.ts';
import { preparedQuery, type Placeholders } from '../engine/prepared-query.ts';
import { toSkills } from './stored-skills.ts';

type Columns = Pick<Selectable<Schema['users']>, 'mentor_policy' | 'mentor_capacity' | 'bio' | 'skills'>;

export const noProfile: Columns = { mentor_policy: null, mentor_capacity: null, bio: null, skills: null };

/** null until the user has set any part of the profile: from then on it has a policy. */
export const toProfile = ({ mentor_policy, mentor_capacity, bio, skills }: Columns): MentorProfile | null => {
  if (mentor_policy === null) return null;
  return {
    mentorPolicy: mentor_policy as MentorPolicy,
    mentorCapacity: mentor_capacity,
    bio,
    skills: toSkills(skills),
  };
};

/** The values of a change, with `undefined` for each column that it keeps. */
export const toProfileValues = (changes: Partial<MentorProfile>) => ({
  mentor_policy: changes.mentorPolicy,
  mentor_capacity: changes.mentorCapacity,
  bio: changes.bio,
  skills: changes.skills && JSON.stringify(changes.skills),
  keepsPolicy: Object.keys(changes).length > 0 && changes.mentorPolicy === undefined,
});

const clearSkills = preparedQuery((db, { userId }: Placeholders<{ userId: number }>) =>
  db.deleteFrom('user_skills').where('user_id', '=', userId),
);

/** Replaces the user's rows in the table that the search by skill reads. */
export const indexSkills = async (db: Kysely<Schema>, userId: UserId, skills: readonly Skill[]): Promise<void> => {
  await clearSkills(db, { userId });
  const rows = skills.map((skill) => ({ user_id: userId, skill_key: skillKey(skill) }));
  if (rows.length > 0) await db.insertInto('user_skills').values(rows).execute();
};
