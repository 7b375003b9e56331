import { maxCapacity, mentorPolicies, type MentorPolicy, maxSkills } from '@mentorship/domain';
import { Type } from 'typebox';

export const Policy = Type.Unsafe<MentorPolicy>({
  type: 'string',
  enum: [...mentorPolicies],
  description:
    'How others become this user’s mentee. `open` (default): by naming this user as their mentor. `approval`: by a request that this user accepts. `closed`: only if this user offers it.',
});

export const Capacity = Type.Unsafe<number | null>({
  type: ['integer', 'null'],
  minimum: 0,
  maximum: maxCapacity,
  description: 'The maximum number of mentees; null for no limit.',
});

export const Skills = Type.Array(Type.String({ format: 'skill' }), {
  maxItems: maxSkills,
  description: 'What the user can help with: unique entries of at most 50 characters.',
});
