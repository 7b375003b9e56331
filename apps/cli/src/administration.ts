import { requireStore } from '@mentorship/adapters/maintenance';
import { addressForms } from '@mentorship/adapters/environment';
import { openKyselyStore } from '@mentorship/adapters/kysely';
import { argon2PasswordHasher, forgetAttempt, openPasswordRules } from '@mentorship/adapters/security';
import { systemClock } from '@mentorship/adapters/system';
import { type Administration, createAdministration } from '@mentorship/application';
import { type Environment, readEnvironment } from './environment.ts';
import { warnOf } from './output.ts';

/** Runs the work on the store of `DATABASE_URL`, while a service may use it. */
export const administrate = async <Result>(
  environment: Environment,
  work: (administration: Administration) => Promise<Result>,
): Promise<Result> => {
  const { DATABASE_URL: url, PASSWORD_POLICY, EVENTS_RETENTION, REQUEST_RETENTION } = readEnvironment(environment);
  warnOf(url);
  // Opening would create or migrate it.
  await requireStore(url);
  const passwordRules = await openPasswordRules(PASSWORD_POLICY);
  const store = await openKyselyStore(url);
  const administration = createAdministration({
    ...store,
    passwordHasher: argon2PasswordHasher({ concurrency: 1, queue: 0 }),
    passwordRules,
    attemptLimiter: { forget: forgetAttempt },
    networkOf: (ip) => addressForms(ip)?.network ?? null,
    clock: systemClock,
    policy: { eventRetention: EVENTS_RETENTION, requestRetention: REQUEST_RETENTION },
  });
  return work(administration).finally(() => store.close());
};
