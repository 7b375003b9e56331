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

/** The lifetimes of the tokens, in seconds; the service is told the same. */
const lifetimes = { access: 12 * 60 * 60, refresh: 12 * 60 * 60 };
export const tokenSettings = { ACCESS_TOKEN_LIFETIME: '12h', REFRESH_TOKEN_LIFETIME: '12h' };

export const password = '12345678';

export const hashPassword = (): Promise<string> =>
  argon2PasswordHasher({ concurrency: 1, queue: 0 }).hash(parsePassword(password));

/** The tokens of a session that was opened for the purpose. */
export interface Tokens {
  readonly userId: number;
  readonly access: string;
  readonly refresh: string;
}

/** How many sessions one transaction opens. */
const batch = 1000;

/** Opens sessions on a database, and signs their tokens with a key of its own. */
export interface SessionOpener extends AsyncDisposable {
  /** One for each of these users, some of whom may be there more than once. */
  open(users: readonly number[]): Promise<Tokens[]>;
}

/** Publishes the key, which a program that starts later knows from the beginning. */
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
