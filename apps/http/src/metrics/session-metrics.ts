import type { SessionRepository, Storage } from '@mentorship/application';
import type { SessionEndReason } from '@mentorship/domain';
import { Counter, type Registry } from '@prometheus-io/client';

/** If a reason is missing, tsc names it. Only the command line deactivates accounts, so the service never counts those. */
const reasons: { readonly [Reason in Exclude<SessionEndReason, 'account_deactivated'>]: 0 } = {
  logout: 0,
  revoked: 0,
  password_changed: 0,
  refresh_token_reused: 0,
  too_many_sessions: 0,
  account_ended: 0,
};

/**
 * Wraps the storage to count the sessions that its transactions open and end, once they are committed. It does not count
 * how many are open: no index has that number, and a scrape must not read a whole table.
 */
export const measureSessions = (storage: Storage, registry: Registry): Storage => {
  const openedTotal = new Counter({
    name: 'mentorship_sessions_opened_total',
    help: 'Sessions opened by this process, one per successful login.',
    registers: [registry],
  });
  const endedTotal = new Counter({
    name: 'mentorship_sessions_ended_total',
    help: 'Sessions ended by this process, by reason. Expired sessions are not counted.',
    labelNames: ['reason'],
    registers: [registry],
  });
  for (const [reason, zero] of Object.entries(reasons)) endedTotal.inc({ reason }, zero);

  return {
    ...storage,
    async atomically(work) {
      let opened = 0;
      let ended: SessionEndReason[] = [];
      const result = await storage.atomically((repositories) => {
        // The storage may retry the work.
        [opened, ended] = [0, []];
        const { sessions } = repositories;
        const counted: Pick<SessionRepository, 'open' | 'end'> = {
          async open(session) {
            await sessions.open(session);
            opened += 1;
          },
          async end(which, reason, now) {
            const endedNow = await sessions.end(which, reason, now);
            ended = [...ended, ...endedNow.map(() => reason)];
            return endedNow;
          },
        };
        return work({ ...repositories, sessions: { ...sessions, ...counted } });
      });
      openedTotal.inc(opened);
      for (const reason of ended) endedTotal.inc({ reason });
      return result;
    },
  };
};
