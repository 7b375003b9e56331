import type { Application } from '@mentorship/application';
import type { Actor } from '@mentorship/domain';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { isUnknown } from './unknown-routes.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Open to everyone: an Authorization header is not even looked at. */
    public?: boolean;
    /** Open also to the access token of a session that has ended. */
    endedToo?: boolean;
  }
}

/** Default-deny: a route that does not say otherwise needs an access token, before its body is looked at. */
export const requireAuthentication = (app: FastifyInstance, { authenticate }: Application): void => {
  app.decorateRequest('actor');
  app.addHook('onRequest', async (request) => {
    const { public: open = false, endedToo = false } = request.routeOptions.config;
    if (open || isUnknown(request)) return;
    request.setDecorator('actor', await authenticate({ token: bearerToken(request.headers.authorization), endedToo }));
  });
};

/** Who makes the request; only on routes that are not public. */
export const actorOf = (request: FastifyRequest): Actor => request.getDecorator<Actor>('actor');

/** RFC 6750, section 2.1; null when the header is of another scheme or not there. */
const bearerToken = (authorization = ''): string | null => {
  const bearer = /^bearer(?<token> .*)?$/i.exec(authorization);
  return bearer && (bearer.groups?.['token'] ?? '').trim();
};
