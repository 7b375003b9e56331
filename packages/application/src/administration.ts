import { activateUser } from './administration/activate-user.ts';
import { deactivateUser } from './administration/deactivate-user.ts';
import { endEverySession } from './administration/end-every-session.ts';
import { endUserSessions } from './administration/end-user-sessions.ts';
import type { AdministrationPorts } from './administration/ports.ts';
import { pruneStore } from './administration/prune-store.ts';
import { resetPassword } from './administration/reset-password.ts';
import { unlockUser } from './administration/unlock-user.ts';

/** The use cases of the operator, each bound to its ports. Only the command line runs them; no route does. */
export const createAdministration = (ports: AdministrationPorts) => ({
  deactivateUser: deactivateUser(ports),
  activateUser: activateUser(ports),
  unlockUser: unlockUser(ports),
  resetPassword: resetPassword(ports),
  endUserSessions: endUserSessions(ports),
  endEverySession: endEverySession(ports),
  pruneStore: pruneStore(ports),
  eraseTraces: ports.storage.eraseTraces,
});

export type Administration = ReturnType<typeof createAdministration>;
