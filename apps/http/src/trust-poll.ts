import type { KeyRing } from '@mentorship/adapters/security';
import type { FastifyInstance } from 'fastify';

/** How often the published keys are read again, in milliseconds. */
const interval = 1000;

/** Reads the published keys now and then again in the background, until the app closes. */
export const pollKeys = async (app: FastifyInstance, keyRing: KeyRing): Promise<void> => {
  await keyRing.reload();
  const poll = () =>
    keyRing.reload().catch((error: unknown) => app.log.warn({ err: error }, 'The signing keys could not be read.'));
  const timer = setInterval(poll, interval).unref();
  app.addHook('onClose', async () => clearInterval(timer));
};
