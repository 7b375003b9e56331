import { maxCapacity, mentorPolicies, type MentorPolicy, maxSkills } from '@mentorship/domain';
import { Type } from 'typebox';

export const Policy = Type.Unsafe<MentorPolicy>({
  type: 'string',
  enum: [...mentorPolicies],
  description:
    'How one becomes this user’s mentee: `open`, by naming them, which is so until they choose; `approval`, by a request that they accept; `closed`, only when they offer it.',
});

export const Capacity = Type.Unsafe<number | null>({
  type: ['integer', 'null'],
  minimum: 0,
  maximum: maxCapacity,
  description: 'How many mentees at most; null without a limit.',
});

export const Skills = Type.Array(Type.String({ format: 'skill' }), {
  maxItems: maxSkills,
  description: 'What the user can help with: words of at most 50 characters, none twice.',
});
