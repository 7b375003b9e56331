import { withDeadline } from '@mentorship/adapters/kysely';
import type { FastifyInstance } from 'fastify';

/** All store calls of a request share one deadline, so that it gets its response, or a 503, within 2 seconds. */
export const setStoreDeadline = (app: FastifyInstance): void => {
  app.addHook('onRequest', (_request, _reply, done) => withDeadline(() => done()));
};
