import type { Application } from '@mentorship/application';
import type { Actor } from '@mentorship/domain';
import type { FastifyInstance, FastifyRequest } from 'fastify';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Needs no access token: the service ignores any Authorization header. */
    public?: boolean;
    /** Also accepts the access token of a session that has ended. */
    allowEndedSession?: boolean;
  }
}

/** Default deny: every route requires an access token unless it is `public`. Checks the token before it reads the body. */
export const requireAuthentication = (app: FastifyInstance, { authenticate }: Application): void => {
  app.decorateRequest('actor');
  app.addHook('onRoute', (route) => {
    const { public: isPublic = false, allowEndedSession = false } = route.config ?? {};
    if (isPublic) return;
    route.onRequest = [
      async (request) => {
        const token = bearerToken(request.headers.authorization);
        request.setDecorator<Actor>('actor', await authenticate({ token, allowEndedSession }));
      },
      ...[route.onRequest ?? []].flat(),
    ];
  });
};

/** The user who sent the request; only on routes that are not public. */
export const actorOf = (request: FastifyRequest): Actor => request.getDecorator<Actor>('actor');

/** The token of the header (RFC 6750, section 2.1); null without a header, with another scheme or without a token. */
const bearerToken = (authorization = ''): string | null => {
  const [scheme, rest] = [authorization.slice(0, 6), authorization.slice(6)];
  return scheme.toLowerCase() === 'bearer' && (rest === '' || rest.startsWith(' ')) ? rest.trim() || null : null;
};
