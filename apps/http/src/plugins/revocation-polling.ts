import type { KeyRing, PolledRevocationList } from '@mentorship/adapters/security';
import type { FastifyInstance } from 'fastify';

/** How often it is read what has changed, in milliseconds. */
const interval = 250;

/** Reads which keys are published and which sessions have ended, now and then again in the background, until the app closes. */
export const pollRevocationsAndKeys = async (
  app: FastifyInstance,
  { keyRing, revocationList }: { keyRing: KeyRing; revocationList: PolledRevocationList },
): Promise<void> => {
  const read = async () => {
    await keyRing.reload();
    // Last, because it counts as news of both.
    await revocationList.poll();
  };
  await read();

  let reading = false;
  let failing = false;
  const poll = async () => {
    if (reading) return;
    reading = true;
    try {
      await read();
      if (failing) app.log.info('Signing keys and ended sessions can be read again.');
      failing = false;
    } catch (error) {
      if (!failing)
        app.log.warn(
          { err: error },
          'Signing keys and ended sessions cannot be read: every request asks the database.',
        );
      failing = true;
    } finally {
      reading = false;
    }
  };
  const timer = setInterval(() => void poll(), interval).unref();
  app.addHook('onClose', async () => clearInterval(timer));
};
