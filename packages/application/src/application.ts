import { endAccount } from './accounts/end-account.ts';
import { listUsers } from './accounts/list-users.ts';
import { registerUser } from './accounts/register-user.ts';
import { updateProfile } from './accounts/update-profile.ts';
import { viewUser } from './accounts/view-user.ts';
import { changeMentorship } from './mentorships/change-mentorship.ts';
import { listMentorships } from './mentorships/list-mentorships.ts';
import { requestMentorship } from './mentorships/request-mentorship.ts';
import { viewGraph } from './mentorships/view-graph.ts';
import { viewHistory } from './mentorships/view-history.ts';
import { viewMentorship } from './mentorships/view-mentorship.ts';
import type { Ports } from './ports/index.ts';
import { listEvents } from './security/list-events.ts';
import { reportProxy } from './security/report-proxy.ts';
import { authenticate } from './sessions/authenticate.ts';
import { endSession } from './sessions/end-session.ts';
import { listSessions } from './sessions/list-sessions.ts';
import { logIn } from './sessions/log-in.ts';
import { logOut } from './sessions/log-out.ts';
import { refreshAccess } from './sessions/refresh-access.ts';

/** The use cases of the service, each bound to its ports. */
export const createApplication = (ports: Ports) => ({
  registerUser: registerUser(ports),
  listUsers: listUsers(ports),
  viewUser: viewUser(ports),
  updateProfile: updateProfile(ports),
  endAccount: endAccount(ports),
  listEvents: listEvents(ports),

  requestMentorship: requestMentorship(ports),
  changeMentorship: changeMentorship(ports),
  viewMentorship: viewMentorship(ports),
  listMentorships: listMentorships(ports),
  viewHistory: viewHistory(ports),
  viewGraph: viewGraph(ports),

  logIn: logIn(ports),
  logOut: logOut(ports),
  refreshAccess: refreshAccess(ports),
  authenticate: authenticate(ports),
  listSessions: listSessions(ports),
  endSession: endSession(ports),

  verificationKeys: () => ports.tokenSigner.publicKeys(),
  reportProxy: reportProxy(ports),
  checkReadiness: () => ports.storage.ping(),
});

export type Application = ReturnType<typeof createApplication>;
