import type { SessionRepository, Storage } from '@mentorship/application';
import type { SessionEndReason } from '@mentorship/domain';
import { Counter, type Registry } from '@prometheus-io/client';

/** Leave a reason out and the compiler names it. Accounts are deactivated by the command line, which no service sees. */
const reasons: { readonly [Reason in Exclude<SessionEndReason, 'account_deactivated'>]: 0 } = {
  logout: 0,
  revoked: 0,
  password_changed: 0,
  refresh_token_reused: 0,
  too_many_sessions: 0,
  account_ended: 0,
};

/**
 * The same storage; the sessions that its transactions open and end are counted once these are committed. Those that
 * are open are not: no index knows how many, and a scrape must not read a table.
 */
export const measureSessions = (storage: Storage, registry: Registry): Storage => {
  const openedTotal = new Counter({
    name: 'mentorship_sessions_opened_total',
    help: 'Sessions that this process has opened: successful logins.',
    registers: [registry],
  });
  const endedTotal = new Counter({
    name: 'mentorship_sessions_ended_total',
    help: 'Sessions that this process has ended, by the reason; those that expire end by themselves.',
    labelNames: ['reason'],
    registers: [registry],
  });
  for (const [reason, none] of Object.entries(reasons)) endedTotal.inc({ reason }, none);

  return {
    ...storage,
    async atomically(work) {
      let opened = 0;
      let ended: SessionEndReason[] = [];
      const result = await storage.atomically((repositories) => {
        // The work may run more than once.
        [opened, ended] = [0, []];
        const { sessions } = repositories;
        const counted: Pick<SessionRepository, 'open' | 'end'> = {
          async open(session) {
            await sessions.open(session);
            opened += 1;
          },
          async end(which, reason, now) {
            const these = await sessions.end(which, reason, now);
            ended = [...ended, ...these.map(() => reason)];
            return these;
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
