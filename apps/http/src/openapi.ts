import { DomainError, refuse } from '@mentorship/domain';
import swagger from '@fastify/swagger';
import type { FastifyInstance } from 'fastify';
import { Type } from 'typebox';
import { edgeProblems } from './edge-problems.ts';
import { problemOf } from './failures.ts';
import { problemBody, problemType, validationProblem } from './problem.ts';
import { Problem } from './schemas/problem.ts';

/** What the reference page opens with. */
const introduction = `
People register, log in, name a mentor or ask one, and see whom they mentor. JSON in, JSON out.

## Begin
1. **Register** with \`POST /api/registration\`.
2. **Log in** with \`POST /api/login\`: you get an \`access\` and a \`refresh\` token.
3. **Send the access token** with every other request: \`Authorization: Bearer <access>\`.
   Paste it under Authentication to try requests from this page.
4. **Refresh** with \`POST /api/token/refresh\` when a request is answered with 401 \`token_not_valid\`.
   The refresh token works until it expires or you log out. Where the answer has a \`refresh\` too, it replaces yours.

## Mentors
- **Name a mentor** with \`PATCH /api/users/me {"mentor": "alice"}\`: the two are linked at once, unless the mentor has chosen otherwise.
- **Choose otherwise** with \`PATCH /api/users/me {"mentor_policy": "approval", "mentor_capacity": 3}\`.
- **Ask** such a mentor with \`POST /api/mentorships {"mentor": "alice"}\`, or **offer** with \`{"mentee": "john"}\`.
- **Answer** with \`PATCH /api/mentorships/7 {"status": "active"}\`, or \`"declined"\`. The mentee's link is the active mentorship.
- **Look back**: \`GET /api/users/me/mentorships\`, and \`GET /api/mentorships/graph?at=…\` for everyone at a moment.

## Errors
Every error is a problem (RFC 9457) of type \`application/problem+json\`.
Switch on \`code\`, which never changes; show \`detail\` to people; \`errors\` names the fields that were refused.

## Pages
A list ends after 1000 entries. When there are more, the \`Link\` header has the URL of the next page, with \`rel="next"\`.
`;

/** What a route that needs an access token says of itself. */
export const protectedRoute = { security: [{ bearer: [] }] };

const retryAfterHeader = { 'Retry-After': { type: 'integer', description: 'Seconds to wait.' } };

/** What a problem response of this status means, the headers that come with it, and how it may look. */
const problemResponses = {
  400: {
    description: 'The request is not valid: `code` says how, `errors` where.',
    told: [
      validationProblem([{ field: 'password', code: 'required', message: 'This field is required.' }]),
      edgeProblems.malformed_json,
    ],
  },
  401: {
    description: 'No access, or no longer: `code` says why.',
    headers: {
      'WWW-Authenticate': { type: 'string', description: '`Bearer`, and what is wrong with the token (RFC 6750).' },
    },
    told: [
      problemOf(refuse('not_authenticated')),
      problemOf(refuse('access_token_refused')),
      problemOf(refuse('invalid_credentials')),
    ],
  },
  403: {
    description: 'Not yours to do: `code` says why.',
    told: [
      problemOf(refuse('not_yourself')),
      problemOf(refuse('registration_closed')),
      problemOf(refuse('not_a_counterpart')),
    ],
  },
  404: {
    description: 'There is nothing with this id.',
    told: [
      problemOf(refuse('user_not_found')),
      problemOf(refuse('session_not_found')),
      problemOf(refuse('mentorship_not_found')),
    ],
  },
  409: {
    description: 'In conflict with what is there: `code` says with what.',
    told: [
      problemOf(new DomainError('username_taken', { username: 'john' })),
      problemOf(new DomainError('mentor_cycle', { field: 'mentor', mentor: 'bob' })),
      problemOf(new DomainError('mentor_requires_approval', { field: 'mentor', mentor: 'bob' })),
      problemOf(new DomainError('mentor_closed', { field: 'mentor', mentor: 'bob' })),
      problemOf(new DomainError('mentor_full', { field: 'mentor', mentor: 'bob' })),
      problemOf(new DomainError('capacity_below_mentees', { capacity: 2, mentees: 3 })),
      problemOf(new DomainError('already_mentored', { field: 'mentor' })),
      problemOf(new DomainError('request_exists', { field: 'mentor', id: 7 })),
      problemOf(new DomainError('too_many_open_requests', { most: 5 })),
      problemOf(new DomainError('illegal_transition', { status: 'declined', to: 'active', allowed: [] })),
    ],
  },
  412: {
    description: 'The `If-Match` does not hold any longer.',
    told: [problemOf(new DomainError('version_mismatch', { version: 2 }))],
  },
  413: { description: 'The body is larger than 64 KiB.', told: [edgeProblems.payload_too_large] },
  415: { description: 'The body is not application/json.', told: [edgeProblems.unsupported_media_type] },
  429: {
    description: 'Too many attempts. Try again after `Retry-After` seconds.',
    headers: retryAfterHeader,
    told: [problemOf(new DomainError('too_many_attempts', { retryAfter: 60 }))],
  },
  503: {
    description: 'Too busy, or the database does not answer: try again after `Retry-After` seconds.',
    headers: retryAfterHeader,
    told: [problemOf(refuse('storage_unavailable')), problemOf(new DomainError('overloaded', { retryAfter: 2 }))],
  },
};

/** The problem responses of a route. */
export const problems = <Status extends keyof typeof problemResponses>(...statuses: Status[]) =>
  Object.fromEntries(
    statuses.map((status) => {
      const { told, ...response } = problemResponses[status];
      const examples = Object.fromEntries(told.map((problem) => [problem.code, { value: problemBody(problem) }]));
      return [status, { ...response, content: { [problemType]: { schema: Type.Ref('Problem'), examples } } }];
    }),
  ) as unknown as Record<Status, typeof Problem>;

export const nextPageLink = {
  Link: { type: 'string', description: 'The next page, with `rel="next"`; absent on the last one (RFC 8288).' },
};

/** Serves `/openapi.json`, made from the schemas of the routes that are registered after this. */
export const describeApi = async (app: FastifyInstance): Promise<void> => {
  app.addSchema(Problem);
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Mentorship API',
        version: '1.0.0',
        summary: 'Accounts, sessions, mentors and mentees.',
        description: introduction,
      },
      servers: [{ url: '/', description: 'This service' }],
      // What does not say otherwise is open.
      security: [],
      tags: [
        { name: 'Accounts', description: 'Users, their contact data and their mentors.' },
        { name: 'Mentorships', description: 'Requests, consent, the past, the graph.' },
        { name: 'Sessions', description: 'Logging in, staying in, logging out.' },
        { name: 'Operations', description: 'For those who run the service.' },
      ],
      components: {
        securitySchemes: {
          bearer: {
            type: 'http',
            scheme: 'bearer',
            bearerFormat: 'JWT',
            description: 'The `access` token of `POST /api/login` or `POST /api/token/refresh`.',
          },
        },
      },
    },
    refResolver: {
      buildLocalReference: (schema, _base, _fragment, index) =>
        typeof schema.$id === 'string' ? schema.$id : `schema-${index}`,
    },
  });
  app.get('/openapi.json', { config: { public: true }, schema: { hide: true } }, () => app.swagger());
};
