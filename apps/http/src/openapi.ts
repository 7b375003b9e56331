import swagger from '@fastify/swagger';
import type { FastifyInstance } from 'fastify';
import { Type } from 'typebox';
import { problemType } from './problem.ts';
import { Problem } from './schemas.ts';

/** What a route that needs an access token says of itself. */
export const protectedRoute = { security: [{ bearer: [] }] };

const reasons: Readonly<Record<number, string>> = {
  400: 'The request is not valid: `code` says how, `errors` where.',
  401: 'No access, or no longer.',
  403: 'Not yours.',
  404: 'Not there.',
  409: 'In conflict with what is there.',
  413: 'The body is larger than 64 KiB.',
  415: 'The body is not application/json.',
  503: 'The database does not answer. Try again after `Retry-After` seconds.',
};

/** The problem responses of a route. */
export const problems = <Status extends number>(...statuses: Status[]) =>
  Object.fromEntries(
    statuses.map((status) => [
      status,
      { description: reasons[status], content: { [problemType]: { schema: Type.Ref('Problem') } } },
    ]),
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
        description:
          'Accounts, sessions, mentors and mentees. Register, log in, and send the access token as `Authorization: Bearer …`.',
      },
      tags: [
        { name: 'Accounts', description: 'Users, their contact data and their mentors.' },
        { name: 'Sessions', description: 'Logging in, staying in, logging out.' },
        { name: 'Operations', description: 'For those who run the service.' },
      ],
      components: { securitySchemes: { bearer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' } } },
    },
    refResolver: {
      buildLocalReference: (schema, _base, _fragment, index) =>
        typeof schema.$id === 'string' ? schema.$id : `schema-${index}`,
    },
  });
  app.get('/openapi.json', { config: { public: true }, schema: { hide: true } }, () => app.swagger());
};
