import { networksAround, unknownClient, usernameKey } from '@mentorship/domain';
import { maxPageSize } from '../page.ts';
import type { Attempt } from '../ports/index.ts';
import { loginAttempt } from '../security/check-password.ts';
import { recordEvents } from '../security/record-events.ts';
import type { UserChange } from './deactivate-user.ts';
import type { AdministrationPorts } from './ports.ts';
import { requireUser } from './require-user.ts';

type UnlockPorts = Pick<
  AdministrationPorts,
  'storage' | 'securityEventDirectory' | 'attemptLimiter' | 'networkOf' | 'clock' | 'policy'
>;

/**
 * Lifts the limits that failed logins with the user's name have used up, and the user's own limit for uses of the
 * password. The events tell the addresses at which a limit was used up. Throws `user_not_found`.
 */
export const unlockUser =
  ({ storage, securityEventDirectory, attemptLimiter, networkOf, clock, policy }: UnlockPorts) =>
  async ({ username }: { username: string }): Promise<UserChange> => {
    const { id } = await storage.atomically((repositories) => requireUser(repositories, username));
    const events = await securityEventDirectory.list({ userId: id, before: null, limit: maxPageSize });
    const networks = new Set(
      events.flatMap(({ type, ip }) => (type === 'login_throttled' && ip !== null ? (networkOf(ip) ?? []) : [])),
    );
    const name = usernameKey(username);
    const attempts: readonly Attempt[] = [
      { budget: 'login_account', subject: name },
      { budget: 'password', subject: String(id) },
      ...[...networks]
        .flatMap(networksAround)
        .flatMap(({ network }) => [
          loginAttempt(name, network),
          { budget: 'login_address', subject: network } as const,
        ]),
    ];
    return storage.atomically(async (repositories) => {
      const user = await requireUser(repositories, username);
      for (const attempt of attempts) await attemptLimiter.forget(attempt, repositories.attempts);
      const record = recordEvents(policy, unknownClient, clock.now());
      await record(repositories, { type: 'account_unlocked', userId: user.id });
      return { user, changed: true, endedSessions: 0 };
    });
  };
