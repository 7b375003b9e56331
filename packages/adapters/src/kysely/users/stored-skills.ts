import type { Skill } from '@mentorship/domain';

/** Reads a stored list of skills. A damaged text has none, so that it fails no list of users; `check` names its row. */
export const toSkills = (text: string | null): Skill[] => {
  try {
    const skills: unknown = JSON.parse(text ?? '[]');
    return Array.isArray(skills) ? skills.filter((skill): skill is Skill => typeof skill === 'string') : [];
  } catch {
    return [];
  }
};
