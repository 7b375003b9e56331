import Fastify, { type FastifyInstance, type RouteOptions } from 'fastify';
import { loadOnce } from './load-once.ts';
import { sendDocument } from './send-document.ts';
import { lazySchemas } from '../plugins/lazy-schemas.ts';
import { Problem } from '../schemas/problem.ts';
import { version } from '../version.ts';

/** The introduction of the reference page. */
const introduction = `
Users register, log in, choose a mentor or send a request, and see whom they mentor. Requests and responses are JSON.

## Getting started
1. **Register** with \`POST /api/registration\`.
2. **Log in** with \`POST /api/login\` to get an \`access\` and a \`refresh\` token.
3. **Send the access token** with every other request: \`Authorization: Bearer <access>\`.
   To try requests on this page, paste it under Authentication.
4. **Refresh** with \`POST /api/token/refresh\` when a request gets a 401 \`token_not_valid\`.
   The refresh token works until it expires or you log out. If the response has a \`refresh\` too, it replaces yours.

## Mentors
- **Choose a mentor** with \`PATCH /api/users/me {"mentor": "alice"}\`. The mentorship starts at once, unless the mentor requires approval.
- **Require approval** with \`PATCH /api/users/me {"mentor_policy": "approval", "mentor_capacity": 3}\`.
- **Ask** a mentor who requires approval with \`POST /api/mentorships {"mentor": "alice"}\`, or **offer** to mentor with \`{"mentee": "john"}\`.
- **Answer** a request with \`PATCH /api/mentorships/7 {"status": "active"}\` or \`"declined"\`. A mentee has one active mentorship.
- **Look back** with \`GET /api/users/me/mentorships\`, or at all users with \`GET /api/mentorships/graph?at=…\`.

## Errors
Every error is a problem (RFC 9457) of type \`application/problem+json\`.
Switch on \`code\`, which is stable. Show \`detail\` to users. \`errors\` names the invalid fields.

## Pages
A page has at most 1000 entries. If there are more, the \`Link\` header has the URL of the next page, with \`rel="next"\`.
`;

/** The part of a route's schema that says: it requires an access token. */
export const protectedRoute = { security: [{ bearer: [] }] };

export const nextPageLink = {
  Link: {
    type: 'string',
    description: 'The URL of the next page, with `rel="next"` (RFC 8288). Absent on the last page.',
  },
};

/** Serves `/openapi.json`, generated from the schemas of all routes that are registered later. */
export const describeApi = (app: FastifyInstance): void => {
  app.addSchema(Problem);
  const routes: RouteOptions[] = [];
  app.addHook('onRoute', (route) => {
    if (route.method !== 'HEAD') routes.push(route);
  });
  // One buffer for all responses: a text would be encoded again for each client, and kept until the client has read it.
  const document = loadOnce(async () => Buffer.from(JSON.stringify(await generateDocument(routes))));
  app.get('/openapi.json', { config: { public: true }, schema: { hide: true } }, async (_request, reply) =>
    sendDocument(reply, 'application/json; charset=utf-8', await document()),
  );
};

/** Registers the same routes in a second app with the swagger plugin, so that the service starts without it. */
const generateDocument = async (routes: readonly RouteOptions[]): Promise<unknown> => {
  const { default: swagger } = await import('@fastify/swagger');
  const app = Fastify({ schemaController: lazySchemas, exposeHeadRoutes: false });
  app.addSchema(Problem);
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Mentorship API',
        version,
        summary: 'Accounts, sessions, mentors and mentees.',
        description: introduction,
      },
      servers: [{ url: '/', description: 'This service' }],
      // Routes are public unless their schema says otherwise.
      security: [],
      tags: [
        { name: 'Accounts', description: 'Users, their contact data and their mentors.' },
        { name: 'Mentorships', description: 'Requests, answers, history and the graph of mentors.' },
        { name: 'Sessions', description: 'Login, refresh and logout.' },
        { name: 'Operations', description: 'Health checks and public keys.' },
      ],
      components: {
        securitySchemes: {
          bearer: {
            type: 'http',
            scheme: 'bearer',
            bearerFormat: 'JWT',
            description: 'The `access` token from `POST /api/login` or `POST /api/token/refresh`.',
          },
        },
      },
    },
    refResolver: {
      buildLocalReference: (schema, _base, _fragment, index) =>
        typeof schema.$id === 'string' ? schema.$id : `schema-${index}`,
    },
  });
  for (const { method, url, schema } of routes)
    app.route({ method, url, ...(schema && { schema }), handler: async () => {} });
  await app.ready();
  return app.swagger();
};
