import type { FailureCode, Failures } from '@mentorship/domain';
import { onField, type Problem } from './problem.ts';

const whenNaming =
  'Choose another mentor (GET /api/users?accepting=true), or send a request that can be accepted once a place is free: POST /api/mentorships.';
const whenAnswering =
  'The request stays open, and can be accepted once a mentorship has ended or the mentor has raised mentor_capacity.';

/** How the failures of mentorships are told: the part of the closed table that speaks of them. */
export const mentorshipProblems = {
  self_mentoring: ({ field }) => ({
    status: 400,
    code: 'self_mentoring',
    title: 'Nobody mentors themselves',
    detail: 'You cannot be your own mentor. Name another user.',
    ...onField(field, 'self_mentoring', 'Name another user than yourself.'),
  }),
  mentor_cycle: ({ field, mentor }) => ({
    status: 409,
    code: 'mentor_cycle',
    title: 'Mentors would form a loop',
    detail: `${mentor} is mentored by this mentee, directly or over others, and so cannot be the mentor.`,
    ...onField(
      field,
      'mentor_cycle',
      'Choose two of whom the mentee does not mentor the mentor, directly or over others.',
    ),
  }),
  mentor_requires_approval: ({ field, mentor }) => ({
    status: 409,
    code: 'mentor_requires_approval',
    title: 'This mentor wants to be asked',
    detail: `${mentor} takes mentees by request. Ask with POST /api/mentorships {"mentor": ${JSON.stringify(mentor)}}.`,
    ...onField(field, 'mentor_requires_approval', 'Ask this mentor with POST /api/mentorships.'),
  }),
  mentor_closed: ({ field, mentor }) => ({
    status: 409,
    code: 'mentor_closed',
    title: 'This mentor takes no mentees',
    detail: `${mentor} takes no mentees at the moment. Choose another one: GET /api/users?accepting=true lists those who do.`,
    ...onField(
      field,
      'mentor_closed',
      'Choose another mentor: GET /api/users?accepting=true lists those who take mentees.',
    ),
  }),
  mentor_full: ({ field, mentor }) => ({
    status: 409,
    code: 'mentor_full',
    title: 'This mentor has no place left',
    detail: `${mentor} has as many mentees as they take. ${field === 'status' ? whenAnswering : whenNaming}`,
    ...onField(field, 'mentor_full', 'Wait until a place is free, or choose another mentor.'),
  }),
  capacity_below_mentees: ({ capacity, mentees }) => ({
    status: 409,
    code: 'capacity_below_mentees',
    title: 'More mentees than that',
    detail: `You have more mentees than ${capacity}: ${mentees}. End some mentorships first, or send ${mentees} or more.`,
    ...onField('mentor_capacity', 'capacity_below_mentees', `Send ${mentees} or more, or null for no limit.`),
  }),
  already_mentored: ({ field }) => ({
    status: 409,
    code: 'already_mentored',
    title: 'Mentor and mentee already',
    detail: 'The two are mentor and mentee already. There is nothing to ask.',
    ...onField(field, 'already_mentored', 'The two are mentor and mentee already.'),
  }),
  request_exists: ({ field, id }) => ({
    status: 409,
    code: 'request_exists',
    title: 'Asked already',
    detail: `There is an open request between the two: /api/mentorships/${id}. Whoever was asked answers it, whoever asked can cancel it.`,
    ...onField(field, 'request_exists', `Look at /api/mentorships/${id} instead.`),
  }),
  too_many_open_requests: ({ limit }) => ({
    status: 409,
    code: 'too_many_open_requests',
    title: 'Too many open requests',
    detail: `You have ${limit} requests that nobody has answered yet. Wait for an answer, or cancel one: PATCH /api/mentorships/<id> {"status": "cancelled"}.`,
  }),
  illegal_transition: ({ status, to, allowed }) => ({
    status: 409,
    code: 'illegal_transition',
    title: 'Not from here to there',
    detail: `This mentorship is ${status}. You cannot make it ${to}; ${allowed.length > 0 ? `you can make it ${allowed.join(' or ')}` : 'there is nothing that you can make of it'}.`,
    allowed,
  }),
  version_mismatch: ({ version }) => ({
    status: 412,
    code: 'version_mismatch',
    title: 'Changed meanwhile',
    detail: `This mentorship has changed since you read it: it is version ${version} now. Read it again, then decide.`,
  }),
  mentorship_not_found: () => ({
    status: 404,
    code: 'mentorship_not_found',
    title: 'No such mentorship',
    detail: 'You have no mentorship with this id. GET /api/mentorships lists yours.',
  }),
  not_a_counterpart: () => ({
    status: 403,
    code: 'not_a_counterpart',
    title: 'Nothing between you',
    detail:
      'You see of others only what you two had, and there has been nothing. GET /api/users/me/mentorships lists your own.',
  }),
} as const satisfies { readonly [Code in FailureCode]?: (details: Failures[Code]) => Problem };
