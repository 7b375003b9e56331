import type { Application } from '@mentorship/application';
import type { Actor } from '@mentorship/domain';
import type { FastifyInstance, FastifyRequest } from 'fastify';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Open to everyone: an Authorization header is not even looked at. */
    public?: boolean;
    /** Open also to the access token of a session that has ended. */
    allowEndedSession?: boolean;
  }
}

/** Default-deny: a route that does not say otherwise needs an access token, before its body is looked at. */
export const requireAuthentication = (app: FastifyInstance, { authenticate }: Application): void => {
  app.decorateRequest('actor');
  app.addHook('onRoute', (route) => {
    const { public: open = false, allowEndedSession = false } = route.config ?? {};
    if (open) return;
    route.onRequest = [
      async (request) => {
        const token = bearerToken(request.headers.authorization);
        request.setDecorator<Actor>('actor', await authenticate({ token, allowEndedSession }));
      },
      ...[route.onRequest ?? []].flat(),
    ];
  });
};

/** Who makes the request; only on routes that are not public. */
export const actorOf = (request: FastifyRequest): Actor => request.getDecorator<Actor>('actor');

/** RFC 6750, section 2.1; null when the header is of another scheme or not there. */
const bearerToken = (authorization = ''): string | null => {
  const [scheme, rest] = [authorization.slice(0, 6), authorization.slice(6)];
  return scheme.toLowerCase() === 'bearer' && (rest === '' || rest.startsWith(' ')) ? rest.trim() : null;
};
