import { openMemoryStore } from '@mentorship/adapters/memory';
import { createAttemptLimiter, createRevocationList } from '@mentorship/adapters/security';
import type { Store } from '@mentorship/adapters/store';
import {
  type Administration,
  type Application,
  type Clock,
  createAdministration,
  createApplication,
  type IdGenerator,
  type Policy,
  type Ports,
  type ProfileUpdate,
  type Registration,
  type Tokens,
  type UserView,
} from '@mentorship/application';
import { type Actor, type Client, parsePassword, type UserId } from '@mentorship/domain';
import { type ManualClock, manualClock } from './manual-clock.ts';
import { type PlainPasswordHasher, plainPasswordHasher, plainTokenSigner } from './sessions/plain-security.ts';

/** The default settings: 20 minutes and 1 hour, in seconds. */
export const lifetimes = { access: 20 * 60, refresh: 60 * 60 };

/** The policy of the default settings. */
export const policy: Policy = {
  lifetimes,
  rotation: null,
  passwordDisplay: 'masked',
  requireCurrentPassword: false,
  registrationOpen: true,
  contactVisible: 'everyone',
  budgets: {
    login: { attempts: 10, period: 15 * 60 },
    login_address: { attempts: 100, period: 15 * 60 },
    login_account: { attempts: 100, period: 15 * 60 },
    login_unknown: null,
    registration: null,
    password: null,
    request: null,
  },
  requestLifetime: 14 * 24 * 60 * 60,
  requestRetention: 90 * 24 * 60 * 60,
  eventRetention: 90 * 24 * 60 * 60,
};

/**
 * The adapters that apply the policy, over any store. The revocation list does not poll: each request queries the
 * store.
 */
export const createPolicyAdapters = (store: Store, clock: Clock, { budgets }: Policy) => ({
  attemptLimiter: createAttemptLimiter({ budgets, clock }),
  revocationList: createRevocationList({ ...store, clock }),
  passwordRules: { parse: (text: string) => parsePassword(text) },
});

/** The client of a request from this address. */
export const from = (ip: string): Client => ({ ip, network: ip, userAgent: null });

/** The README's example. */
export const password = '12345678';

interface Registered {
  readonly id: UserId;
  readonly username: string;
}

/** A registered user who has logged in. */
export interface Member extends Registered, Tokens {
  readonly actor: Actor;
}

export interface TestApplication extends Application {
  readonly administration: Administration;
  readonly ports: Ports;
  readonly clock: ManualClock;
  /** Runs the work once, while the next password is hashed or verified. */
  readonly meanwhile: PlainPasswordHasher['meanwhile'];
  /** Registers a user and logs in. */
  join(username: string, registration?: Partial<Registration>): Promise<Member>;
  /** Logs the same user in again, in another session. */
  logInAgain(user: Registered, newPassword?: string): Promise<Member>;
  /** The member's own detail. */
  own(member: Member): Promise<UserView>;
  update(member: Member, update: ProfileUpdate): Promise<UserView>;
  /** The mentor's name by the name of each user. */
  mentors(): Promise<Record<string, string | null>>;
}

/** All use cases over the memory store. `replace` returns the ports to replace; rate limits follow the policy. */
export const createTestApplication = (replace: (ports: Ports) => Partial<Ports> = () => ({})): TestApplication => {
  const clock = manualClock();
  const passwordHasher = plainPasswordHasher();
  const store = openMemoryStore();
  const defaults: Ports = {
    ...store,
    passwordHasher,
    tokenSigner: plainTokenSigner(clock, lifetimes),
    clock,
    ids: countingIds(),
    policy,
    ...createPolicyAdapters(store, clock, policy),
  };
  const replaced = replace(defaults);
  const ports = { ...defaults, ...createPolicyAdapters(store, clock, replaced.policy ?? policy), ...replaced };
  const application = createApplication(ports);

  const logIn = async (user: Registered, newPassword = password): Promise<Member> => {
    const tokens = await application.logIn({ username: user.username, password: newPassword });
    const actor = await application.authenticate({ token: tokens.access });
    return { id: user.id, username: user.username, actor, ...tokens };
  };

  return {
    ...application,
    administration: createAdministration({ ...ports, networkOf: (ip) => ip }),
    ports,
    clock,
    meanwhile: passwordHasher.meanwhile,
    async join(username, registration = {}) {
      const { user } = await application.registerUser({ username, password, ...registration });
      return logIn(user, registration.password);
    },
    logInAgain: logIn,
    own: ({ id, actor }) => application.viewUser({ actor, userId: id }),
    update: ({ id, actor }, update) => application.updateProfile({ actor, userId: id, update }),
    async mentors() {
      const { users } = await application.listUsers({});
      return Object.fromEntries(users.map(({ username, mentorUsername }) => [username, mentorUsername]));
    },
  };
};

const countingIds = (): IdGenerator => {
  let last = 0;
  return { next: () => `id-${(last += 1)}` };
};
