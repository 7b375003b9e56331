import { sign } from 'node:crypto';
import { openKyselyStore } from '@mentorship/adapters/kysely';
import { argon2PasswordHasher, createKeyRing } from '@mentorship/adapters/security';
import { systemClock } from '@mentorship/adapters/system';
import {
  issueClaims,
  issueRefreshClaims,
  openSession,
  parsePassword,
  type TokenClaims,
  toSeconds,
  jwtType,
  type UserId,
} from '@mentorship/domain';

/** The lifetimes of tokens in seconds, which are also the settings of the service. */
const lifetimes = { access: 12 * 60 * 60, refresh: 12 * 60 * 60 };
export const tokenSettings = { ACCESS_TOKEN_LIFETIME: '12h', REFRESH_TOKEN_LIFETIME: '12h' };

export const password = '12345678';

export const hashPassword = (): Promise<string> =>
  argon2PasswordHasher({ concurrency: 1, queue: 0 }).hash(parsePassword(password));

/** The tokens of a session. */
export interface Tokens {
  readonly userId: number;
  readonly access: string;
  readonly refresh: string;
}

/** The number of sessions that one transaction opens. */
const batch = 1000;

/** Opens sessions on a database, and signs their tokens with its own key. */
export interface SessionOpener extends AsyncDisposable {
  /** Opens a session for each of these users; a user may occur more than once. */
  open(users: readonly number[]): Promise<Tokens[]>;
}

/** Publishes the key, so a program that starts later loads it at once. */
export const createSessionOpener = async (url: string): Promise<SessionOpener> => {
  const store = await openKyselyStore(url);
  const policy = { lifetimes, rotation: null };
  const keyRing = createKeyRing({ ...store, clock: systemClock, lifetimes });
  const { kid, privateKey } = await keyRing.signingKey(toSeconds(systemClock.now()) + lifetimes.refresh);
  const toToken = (claims: TokenClaims): string => {
    const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const signed = `${part({ alg: 'EdDSA', typ: jwtType[claims.token_type], kid })}.${part(claims)}`;
    return `${signed}.${sign(null, Buffer.from(signed), privateKey).toString('base64url')}`;
  };

  return {
    async open(users) {
      const now = systemClock.now();
      const opened = users.map((id) => openSession(crypto.randomUUID(), id as UserId, now, policy));
      for (let first = 0; first < opened.length; first += batch)
        await store.storage.atomically(async ({ sessions }) => {
          for (const session of opened.slice(first, first + batch)) await sessions.open(session);
        });
      const issue = () => ({ jti: crypto.randomUUID(), now, ...policy });
      return opened.map((session) => ({
        userId: session.userId,
        access: toToken(issueClaims('access', session, issue())),
        refresh: toToken(issueRefreshClaims(session, issue())),
      }));
    },
    [Symbol.asyncDispose]: () => store.close(),
  };
};
