import type { KeyRing, PolledRevocationList } from '@mentorship/adapters/security';
import type { FastifyInstance } from 'fastify';

/** The time between two polls. */
const pollIntervalMs = 250;

/** Reads the published keys and the ended sessions: now, then in the background until the app closes. */
export const pollRevocationsAndKeys = async (
  app: FastifyInstance,
  { keyRing, revocationList }: { keyRing: KeyRing; revocationList: PolledRevocationList },
): Promise<void> => {
  const read = async () => {
    await keyRing.reload();
    // Last, because its age is the age of both.
    await revocationList.poll();
  };
  await read();

  let [reading, failing] = [false, false];
  const poll = async () => {
    if (reading) return;
    reading = true;
    try {
      await read();
      if (failing) app.log.info('Revocations and keys can be refreshed again.');
      failing = false;
    } catch (error) {
      if (!failing)
        app.log.warn(
          { err: error },
          'Revocations and keys cannot be refreshed: every request reads its session from the database.',
        );
      failing = true;
    } finally {
      reading = false;
    }
  };
  const timer = setInterval(() => void poll(), pollIntervalMs).unref();
  app.addHook('onClose', async () => clearInterval(timer));
};
