import { type MentorPolicy, type MentorProfile, type Skill, skillKey, type UserId } from '@mentorship/domain';
import type { Kysely, Selectable } from 'kysely';
import type { Schema } from '../schema/schema.ts';
import { preparedQuery } from '../engine/prepared-query.ts';

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

/** Changes as a statement takes them: what is absent stays. */
export const toProfileValues = (changes: Partial<MentorProfile>) => ({
  mentor_policy: changes.mentorPolicy,
  mentor_capacity: changes.mentorCapacity,
  bio: changes.bio,
  skills: changes.skills && JSON.stringify(changes.skills),
  keepsPolicy: Object.keys(changes).length > 0 && changes.mentorPolicy === undefined,
});

const clearSkills = preparedQuery((db, { userId }: { userId: number }) =>
  db.deleteFrom('user_skills').where('user_id', '=', userId),
);

/** Puts the skills where users are found by them, in place of those before. */
export const indexSkills = async (db: Kysely<Schema>, userId: UserId, skills: readonly Skill[]): Promise<void> => {
  await clearSkills(db, { userId });
  const rows = skills.map((skill) => ({ user_id: userId, skill_key: skillKey(skill) }));
  if (rows.length > 0) await db.insertInto('user_skills').values(rows).execute();
};
