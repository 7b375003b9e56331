import type { DomainError, FailureCode, Failures } from '@mentorship/domain';
import { mentorshipProblems } from './mentorship-problems.ts';
import { fieldError, type Problem, toSnakeCase, validationProblem } from './problem.ts';

/** RFC 6750, section 3: the challenge names an error only if the request had a token. */
const challenge = { 'www-authenticate': 'Bearer' };
const badTokenChallenge = {
  'www-authenticate': 'Bearer error="invalid_token", error_description="The token is invalid, expired or revoked"',
};

/** The problem for each failure of the domain. If a code is missing, tsc names it. */
const domainProblems: { readonly [Code in FailureCode]: (details: Failures[Code]) => Problem } = {
  validation_failed: ({ errors }) =>
    validationProblem(errors.map((error) => ({ ...error, field: toSnakeCase(error.field) }))),
  username_taken: ({ username }) => ({
    status: 409,
    code: 'username_taken',
    title: 'Username taken',
    detail: `The username ${username} is taken. Choose another one.`,
    ...fieldError('username', 'username_taken', 'Choose another username.'),
  }),
  ...mentorshipProblems,
  user_not_found: () => ({
    status: 404,
    code: 'user_not_found',
    title: 'User not found',
    detail: 'No user has this id. GET /api/users?view=full lists users with their ids.',
  }),
  precondition_failed: () => ({
    status: 412,
    code: 'precondition_failed',
    title: 'Precondition failed',
    detail:
      'The current state of this user is not one that If-Match or If-None-Match allows. Read it again, then retry with its ETag.',
  }),
  not_yourself: () => ({
    status: 403,
    code: 'not_yourself',
    title: 'Not your account',
    detail: 'You can change only your own account. Use PATCH /api/users/me.',
  }),
  session_not_found: () => ({
    status: 404,
    code: 'session_not_found',
    title: 'Session not found',
    detail: 'You have no open session with this id. GET /api/sessions lists your sessions.',
  }),
  registration_closed: () => ({
    status: 403,
    code: 'registration_closed',
    title: 'Registration closed',
    detail: 'This service does not accept registrations. Ask its operator for an account.',
  }),
  too_many_attempts: ({ retryAfter }) => ({
    status: 429,
    code: 'too_many_attempts',
    title: 'Too many attempts',
    detail: `There have been too many attempts. Try again in ${retryAfter} seconds.`,
    headers: { 'retry-after': String(retryAfter) },
  }),
  invalid_credentials: () => ({
    status: 401,
    code: 'invalid_credentials',
    title: 'Invalid credentials',
    detail: 'No account has this username and password. Check both and try again.',
    headers: challenge,
  }),
  not_authenticated: () => ({
    status: 401,
    code: 'not_authenticated',
    title: 'Not authenticated',
    detail:
      'This route needs an access token. Log in with POST /api/login, then send your access token: Authorization: Bearer <access>.',
    headers: challenge,
  }),
  access_token_refused: () => ({
    status: 401,
    code: 'token_not_valid',
    title: 'Token not valid',
    detail:
      'This access token is invalid, expired or revoked. Get a new one with POST /api/token/refresh or /api/login.',
    headers: badTokenChallenge,
  }),
  refresh_token_refused: () => ({
    status: 401,
    code: 'token_not_valid',
    title: 'Token not valid',
    detail: 'This refresh token is invalid, expired or revoked. Log in again.',
    headers: badTokenChallenge,
  }),
  logout_token_refused: () => ({
    status: 400,
    code: 'token_not_valid',
    title: 'Token not valid',
    detail: 'This refresh token is invalid, expired, revoked or not yours. Send one of your own.',
    ...fieldError('refresh', 'token_not_valid', 'Send the refresh token of one of your open sessions.'),
  }),
};

export const domainProblem = <Code extends FailureCode>({ code, details }: DomainError<Code>): Problem =>
  domainProblems[code](details);
