import Fastify, { type FastifyInstance, type RouteOptions } from 'fastify';
import { loadOnce } from './load-once.ts';
import { lazySchemas } from '../plugins/lazy-schemas.ts';
import { Problem } from '../schemas/problem.ts';
import { version } from '../version.ts';

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

export const nextPageLink = {
  Link: { type: 'string', description: 'The next page, with `rel="next"`; absent on the last one (RFC 8288).' },
};

/** Serves `/openapi.json`, made from the schemas of the routes that are registered after this. */
export const describeApi = (app: FastifyInstance): void => {
  app.addSchema(Problem);
  const routes: RouteOptions[] = [];
  app.addHook('onRoute', (route) => {
    if (route.method !== 'HEAD') routes.push(route);
  });
  const described = loadOnce(() => describe(routes));
  app.get('/openapi.json', { config: { public: true }, schema: { hide: true } }, described);
};

/** An app beside the real one has the same routes, and the plugin that describes its app. */
const describe = async (routes: readonly RouteOptions[]): Promise<unknown> => {
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
  for (const { method, url, schema } of routes)
    app.route({ method, url, ...(schema && { schema }), handler: async () => {} });
  await app.ready();
  return app.swagger();
};
