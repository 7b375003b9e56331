import { listUsers } from './accounts/list-users.ts';
import { registerUser } from './accounts/register-user.ts';
import { updateProfile } from './accounts/update-profile.ts';
import { viewUser } from './accounts/view-user.ts';
import type { Ports } from './ports/index.ts';
import { authenticate } from './sessions/authenticate.ts';
import { logIn } from './sessions/log-in.ts';
import { logOut } from './sessions/log-out.ts';
import { refreshAccess } from './sessions/refresh-access.ts';

/** Everything the service can do, each use case bound to its ports. */
export const createApplication = (ports: Ports) => ({
  registerUser: registerUser(ports),
  listUsers: listUsers(ports),
  viewUser: viewUser(ports),
  updateProfile: updateProfile(ports),

  logIn: logIn(ports),
  logOut: logOut(ports),
  refreshAccess: refreshAccess(ports),
  authenticate: authenticate(ports),

  verificationKeys: () => ports.tokenSigner.publicKeys(),
  checkReadiness: () => ports.storage.ping(),
});

export type Application = ReturnType<typeof createApplication>;
