import { type MentorPolicy, type MentorProfile, type Skill, skillKey, type UserId } from '@mentorship/domain';
import { type Kysely, type Selectable, sql } from 'kysely';
import type { Schema } from './schema.ts';

type Columns = Pick<Selectable<Schema['users']>, 'mentor_policy' | 'mentor_capacity' | 'bio' | 'skills'>;

export const noProfile: Columns = { mentor_policy: null, mentor_capacity: null, bio: null, skills: null };

export const toSkills = (text: string | null): Skill[] => (text === null ? [] : (JSON.parse(text) as Skill[]));

/** null until anything of it has been chosen: then there is a policy too. */
export const toProfile = (row: Columns): MentorProfile | null =>
  row.mentor_policy === null
    ? null
    : {
        mentorPolicy: row.mentor_policy as MentorPolicy,
        mentorCapacity: row.mentor_capacity,
        bio: row.bio,
        skills: toSkills(row.skills),
      };

export const profileChanges = (changes: Partial<MentorProfile>) => {
  const { mentorPolicy, mentorCapacity, bio, skills } = changes;
  if (Object.keys(changes).length === 0) return {};
  return {
    mentor_policy: mentorPolicy ?? sql<string>`coalesce(mentor_policy, 'open')`,
    ...(mentorCapacity !== undefined && { mentor_capacity: mentorCapacity }),
    ...(bio !== undefined && { bio }),
    ...(skills !== undefined && { skills: JSON.stringify(skills) }),
  };
};

/** Puts the skills where users are found by them, in place of those before. */
export const indexSkills = async (db: Kysely<Schema>, userId: UserId, skills: readonly Skill[]): Promise<void> => {
  await db.deleteFrom('user_skills').where('user_id', '=', userId).execute();
  const rows = skills.map((skill) => ({ user_id: userId, skill_key: skillKey(skill) }));
  if (rows.length > 0) await db.insertInto('user_skills').values(rows).execute();
};
