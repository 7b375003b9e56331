import type { DomainError, FailureCode, Failures, FieldFailure } from '@mentorship/domain';

/** A problem of RFC 9457 on its way out. `headers` go with it; the body has the rest. */
export interface Problem {
  readonly status: number;
  readonly code: string;
  readonly title: string;
  readonly detail: string;
  readonly errors?: readonly FieldFailure[];
  readonly headers?: Readonly<Record<string, string>>;
}

/** How long a client should leave us alone when the store does not answer, in seconds. */
const retryAfter = { 'retry-after': '1' };

/** RFC 6750, section 3: the challenge has an error only where a token was shown. */
const challenge = { 'www-authenticate': 'Bearer' };
const badTokenChallenge = {
  'www-authenticate': 'Bearer error="invalid_token", error_description="The token is invalid, expired or ended"',
};

const onField = (field: string, code: string, message: string): { errors: readonly FieldFailure[] } => ({
  errors: [{ field: snakeCase(field), code, message }],
});

/** The domain speaks of `mentorUsername`, the API of `mentor_username`. */
const snakeCase = (name: string): string => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

/** How each failure of the domain is told. Leave a code out and the compiler names it. */
const domainProblems: { readonly [Code in FailureCode]: (details: Failures[Code]) => Problem } = {
  validation_failed: ({ errors }) => validationProblem(errors.map((error) => ({ ...error, field: snakeCase(error.field) }))),
  username_taken: ({ username }) => ({
    status: 409,
    code: 'username_taken',
    title: 'Username taken',
    detail: `The username ${username} is taken. Choose another one.`,
    ...onField('username', 'username_taken', 'Choose another username.'),
  }),
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
    detail: `${mentor} is mentored by you, directly or over others, and so cannot be your mentor.`,
    ...onField(field, 'mentor_cycle', 'Name a user whom you do not mentor, directly or over others.'),
  }),
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
  storage_unavailable: () => ({
    status: 503,
    code: 'service_unavailable',
    title: 'Service unavailable',
    detail: 'The database does not answer at the moment. Nothing was changed. Try again shortly.',
    headers: retryAfter,
  }),
};

export const problemOf = <Code extends FailureCode>({ code, details }: DomainError<Code>): Problem =>
  domainProblems[code](details);

export const validationProblem = (errors: readonly FieldFailure[]): Problem => ({
  status: 400,
  code: 'validation_failed',
  title: 'Validation failed',
  detail: errors.map(({ field, message }) => `${field}: ${message}`).join(' '),
  errors,
});

/** What is refused before a use case is reached: by the router, the parser of bodies, or Node itself. */
export const edgeProblems = {
  malformed_json: {
    status: 400,
    code: 'malformed_json',
    title: 'Malformed JSON',
    detail: 'The body is not valid JSON in UTF-8.',
  },
  bad_request: {
    status: 400,
    code: 'bad_request',
    title: 'Bad request',
    detail: 'The request is not valid HTTP.',
  },
  malformed_url: {
    status: 400,
    code: 'malformed_url',
    title: 'Malformed URL',
    detail: 'The URL is not validly percent-encoded.',
  },
  not_found: {
    status: 404,
    code: 'not_found',
    title: 'Not found',
    detail: 'There is nothing at this URL. GET /openapi.json lists what there is.',
  },
  method_not_allowed: {
    status: 405,
    code: 'method_not_allowed',
    title: 'Method not allowed',
    detail: 'This URL does not answer this method. The Allow header lists those it does.',
  },
  request_timeout: {
    status: 408,
    code: 'request_timeout',
    title: 'Request timeout',
    detail: 'The request took too long to arrive. Send it again.',
  },
  payload_too_large: {
    status: 413,
    code: 'payload_too_large',
    title: 'Payload too large',
    detail: 'The body is larger than 64 KiB.',
  },
  unsupported_media_type: {
    status: 415,
    code: 'unsupported_media_type',
    title: 'Unsupported media type',
    detail: 'Send the body as application/json.',
  },
  expectation_failed: {
    status: 417,
    code: 'expectation_failed',
    title: 'Expectation failed',
    detail: 'Of the expectations only 100-continue is understood.',
  },
  headers_too_large: {
    status: 431,
    code: 'headers_too_large',
    title: 'Headers too large',
    detail: 'The headers are larger than 16 KiB together.',
  },
  internal_error: {
    status: 500,
    code: 'internal_error',
    title: 'Internal error',
    detail: 'Something went wrong on our side. The X-Request-Id of this answer finds it in the logs.',
  },
  handler_timeout: {
    status: 503,
    code: 'service_unavailable',
    title: 'Service unavailable',
    detail: 'The request took too long to answer. Try again shortly.',
    headers: retryAfter,
  },
} as const satisfies Record<string, Problem>;

/** The body of the problem. */
export const problemBody = ({ status, code, title, detail, errors }: Problem) => ({
  type: `urn:mentorship:problem:${code}`,
  title,
  status,
  detail,
  code,
  ...(errors && { errors }),
});

export const problemType = 'application/problem+json';
