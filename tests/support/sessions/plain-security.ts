import type { Clock, PasswordHasher, TokenSigner } from '@mentorship/application';
import { type Lifetimes, normalisePassword, type PasswordHash, readClaims } from '@mentorship/domain';

const encode = (text: string): string => Buffer.from(text).toString('base64url');
const decode = (text: string): string => Buffer.from(text, 'base64url').toString();

export interface PlainPasswordHasher extends PasswordHasher {
  /** The real one takes a while: the next hashing or verifying lets this happen in the midst of it. */
  meanwhile(work: () => Promise<unknown>): void;
}

/** Keeps the password readable, so it costs nothing; salted and encoded in parts like a real hash. */
export const plainPasswordHasher = (): PlainPasswordHasher => {
  let salt = 0;
  let pending: (() => Promise<unknown>) | undefined;
  const takeAWhile = async () => {
    const work = pending;
    pending = undefined;
    await work?.();
  };
  return {
    async hash(password) {
      await takeAWhile();
      return `plain$cost=0$salt${(salt += 1)}$${encode(password)}` as PasswordHash;
    },
    async verify(typed, hash) {
      await takeAWhile();
      return hash !== null && hash.split('$').at(-1) === encode(normalisePassword(typed));
    },
    isCurrent: (hash) => hash.startsWith('plain$'),
    meanwhile(work) {
      pending = work;
    },
  };
};

/** Signs nothing: a token is its claims. What they are good for is left to the token policy, as in the real one. */
export const plainTokenSigner = (clock: Clock, lifetimes: Lifetimes): TokenSigner => ({
  sign: async (claims) => encode(JSON.stringify(claims)),
  verify: async (kind, token) => {
    const payload = readJson(decode(token));
    return payload && readClaims(kind, payload, { now: clock.now(), lifetimes });
  },
  publicKeys: () => [],
});

const readJson = (text: string): Record<string, unknown> | null => {
  try {
    return JSON.parse(text) as Record<string, unknown>;
  } catch {
    return null;
  }
};
