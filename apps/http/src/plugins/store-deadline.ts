import { withDeadline } from '@mentorship/adapters/kysely';
import type { FastifyInstance } from 'fastify';

/** Whatever a request asks of the store, it waits for with one patience: its answer, or its 503, comes within two seconds. */
export const setStoreDeadline = (app: FastifyInstance): void => {
  app.addHook('onRequest', (_request, _reply, done) => withDeadline(() => done()));
};
