import type { DomainError, FailureCode, Failures } from '@mentorship/domain';
import { mentorshipProblems } from './mentorship-problems.ts';
import { onField, type Problem, snakeCase, validationProblem } from './problem.ts';

/** RFC 6750, section 3: the challenge has an error only where a token was shown. */
const challenge = { 'www-authenticate': 'Bearer' };
const badTokenChallenge = {
  'www-authenticate': 'Bearer error="invalid_token", error_description="The token is invalid, expired or ended"',
};

/** How each failure of the domain is told. Leave a code out and the compiler names it. */
const domainProblems: { readonly [Code in FailureCode]: (details: Failures[Code]) => Problem } = {
  validation_failed: ({ errors }) =>
    validationProblem(errors.map((error) => ({ ...error, field: snakeCase(error.field) }))),
  username_taken: ({ username }) => ({
    status: 409,
    code: 'username_taken',
    title: 'Username taken',
    detail: `The username ${username} is taken. Choose another one.`,
    ...onField('username', 'username_taken', 'Choose another username.'),
  }),
  ...mentorshipProblems,
  user_not_found: () => ({
    status: 404,
    code: 'user_not_found',
    title: 'No such user',
    detail: 'There is no user with this id.',
  }),
  not_yourself: () => ({
    status: 403,
    code: 'not_yourself',
    title: 'Not your account',
    detail: 'You can change only your own account: PATCH /api/users/me.',
  }),
  session_not_found: () => ({
    status: 404,
    code: 'session_not_found',
    title: 'No such session',
    detail: 'You have no open session with this id. GET /api/sessions lists yours.',
  }),
  registration_closed: () => ({
    status: 403,
    code: 'registration_closed',
    title: 'Registration closed',
    detail: 'Nobody can register here at the moment. Ask whoever runs this service.',
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
    detail: 'No account has this username and password.',
    headers: challenge,
  }),
  not_authenticated: () => ({
    status: 401,
    code: 'not_authenticated',
    title: 'Not logged in',
    detail: 'Send your access token: Authorization: Bearer <access>. POST /api/login gives you one.',
    headers: challenge,
  }),
  access_token_refused: () => ({
    status: 401,
    code: 'token_not_valid',
    title: 'Token not valid',
    detail: 'The access token is invalid, expired or ended. POST /api/token/refresh or /api/login gives you a new one.',
    headers: badTokenChallenge,
  }),
  refresh_token_refused: () => ({
    status: 401,
    code: 'token_not_valid',
    title: 'Token not valid',
    detail: 'The refresh token is invalid, expired or ended. Log in again.',
    headers: badTokenChallenge,
  }),
  logout_token_refused: () => ({
    status: 400,
    code: 'token_not_valid',
    title: 'Token not valid',
    detail: 'This is no live refresh token of yours: it is invalid, expired, ended already or someone else’s.',
    ...onField('refresh', 'token_not_valid', 'Send the refresh token of one of your own live sessions.'),
  }),
};

/** The problem that tells a failure of the domain. */
export const problemOf = <Code extends FailureCode>({ code, details }: DomainError<Code>): Problem =>
  domainProblems[code](details);
