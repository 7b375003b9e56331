import type { FailureCode, Failures } from '@mentorship/domain';
import { fieldError, type Problem } from './problem.ts';

const whenNaming =
  'Choose another mentor (GET /api/users?accepting=true), or send a request with POST /api/mentorships: the mentor can accept it once a place is free.';
const whenAnswering =
  'The request stays open. It can be accepted after the mentor ends a mentorship or raises mentor_capacity.';

/** The problem for each failure of a mentorship. */
export const mentorshipProblems = {
  self_mentoring: ({ field }) => ({
    status: 400,
    code: 'self_mentoring',
    title: 'Self-mentoring not allowed',
    detail: 'A user cannot be their own mentor. Choose another user.',
    ...fieldError(field, 'self_mentoring', 'Choose another user.'),
  }),
  mentor_cycle: ({ field, mentor }) => ({
    status: 409,
    code: 'mentor_cycle',
    title: 'Mentor loop not allowed',
    detail: `This mentee already mentors ${mentor}, directly or indirectly. Choose another mentor.`,
    ...fieldError(
      field,
      'mentor_cycle',
      'Choose a mentor whom this mentee does not already mentor, directly or indirectly.',
    ),
  }),
  mentor_requires_approval: ({ field, mentor }) => ({
    status: 409,
    code: 'mentor_requires_approval',
    title: 'Mentor requires approval',
    detail: `${mentor} accepts mentees by request only. Send one with POST /api/mentorships {"mentor": ${JSON.stringify(mentor)}}.`,
    ...fieldError(field, 'mentor_requires_approval', 'Send this mentor a request with POST /api/mentorships.'),
  }),
  mentor_closed: ({ field, mentor }) => ({
    status: 409,
    code: 'mentor_closed',
    title: 'Mentor accepts no mentees',
    detail: `${mentor} does not accept mentees. Choose another mentor: GET /api/users?accepting=true lists available ones.`,
    ...fieldError(field, 'mentor_closed', 'Choose another mentor: GET /api/users?accepting=true lists available ones.'),
  }),
  mentor_full: ({ field, mentor }) => ({
    status: 409,
    code: 'mentor_full',
    title: 'Mentor is full',
    detail: `${mentor} has no free place. ${field === 'status' ? whenAnswering : whenNaming}`,
    ...fieldError(field, 'mentor_full', 'Wait until a place is free, or choose another mentor.'),
  }),
  capacity_below_mentees: ({ capacity, mentees }) => ({
    status: 409,
    code: 'capacity_below_mentees',
    title: 'Capacity below mentees',
    detail: `You have ${mentees} mentees, more than a capacity of ${capacity}. Send ${mentees} or more, or end some mentorships first.`,
    ...fieldError('mentor_capacity', 'capacity_below_mentees', `Send ${mentees} or more, or null for no limit.`),
  }),
  already_mentored: ({ field }) => ({
    status: 409,
    code: 'already_mentored',
    title: 'Already mentored',
    detail: 'These two users are already mentor and mentee. No request is needed.',
    ...fieldError(field, 'already_mentored', 'These two users are already mentor and mentee.'),
  }),
  request_exists: ({ field, id }) => ({
    status: 409,
    code: 'request_exists',
    title: 'Request exists',
    detail: `These two users have an open request: /api/mentorships/${id}. Its recipient can answer it, its sender can cancel it.`,
    ...fieldError(field, 'request_exists', `Answer or cancel /api/mentorships/${id} instead.`),
  }),
  too_many_open_requests: ({ limit }) => ({
    status: 409,
    code: 'too_many_open_requests',
    title: 'Too many open requests',
    detail: `You have ${limit} unanswered requests, the maximum. Wait for an answer, or cancel one: PATCH /api/mentorships/<id> {"status": "cancelled"}.`,
  }),
  illegal_transition: ({ status, to, allowed }) => ({
    status: 409,
    code: 'illegal_transition',
    title: 'Status change not allowed',
    detail: `This mentorship is ${status}. You cannot change it to ${to}${allowed.length > 0 ? `, only to ${allowed.join(' or ')}` : ' or to any other status'}.`,
    allowed,
  }),
  version_mismatch: ({ version }) => ({
    status: 412,
    code: 'version_mismatch',
    title: 'Version mismatch',
    detail: `This mentorship is now at version ${version}, which If-Match or If-None-Match does not allow. Read it again, then retry with its ETag.`,
  }),
  mentorship_not_found: () => ({
    status: 404,
    code: 'mentorship_not_found',
    title: 'Mentorship not found',
    detail: 'You have no mentorship with this id. GET /api/mentorships lists your mentorships.',
  }),
  not_a_counterpart: () => ({
    status: 403,
    code: 'not_a_counterpart',
    title: 'No shared history',
    detail:
      'You can only see your shared history, and there is none. GET /api/users/me/mentorships lists your own history.',
  }),
} as const satisfies { readonly [Code in FailureCode]?: (details: Failures[Code]) => Problem };
