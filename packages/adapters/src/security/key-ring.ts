import type { Clock, PublicJwk, SigningKeyDirectory, Storage } from '@mentorship/application';
import {
  type Instant,
  keyRetentionMs,
  keyExpiry,
  type Lifetimes,
  maySign,
  type Seconds,
  type SigningKey,
} from '@mentorship/domain';
import { generateEd25519Key, isThumbprint, thumbprint, toJwk, toPem } from './ed25519-key.ts';
import { paced } from './coalesce-calls.ts';

/** A key of this process: the private half stays in this variable and nowhere else. */
interface OwnKey extends SigningKey {
  readonly privateKey: string;
}

interface PublishedKey extends SigningKey {
  readonly pem: string;
}

/** The published keys of all instances, and this process's own to sign with. */
export interface KeyRing {
  /** The key to sign a token with that runs out at `exp`: published, and good for longer than the token. */
  signingKey(exp: Seconds): Promise<{ readonly kid: string; readonly privateKey: string }>;
  /** The PEM to verify with. An unknown kid of the right form waits for one shared reload of the set; null if nobody published it. */
  publicKey(kid: unknown): Promise<string | null>;
  /** Whether the key is published and has not expired, from memory. */
  has(kid: string): boolean;
  publicKeys(): PublicJwk[];
  /** Replaces the set by what is published now. */
  reload(): Promise<void>;
}

/** The least time between two readings of the set, in milliseconds: four a second, however many unknown kids come. */
const reloadInterval = 250;

/**
 * The keys of all instances, through the store they share. Each makes its own and publishes the public half with an
 * expiry before it signs, so a restart logs nobody out and there is no secret to configure.
 */
export const createKeyRing = ({
  storage,
  signingKeyDirectory,
  clock,
  lifetimes,
}: {
  storage: Storage;
  signingKeyDirectory: SigningKeyDirectory;
  clock: Clock;
  lifetimes: Lifetimes;
}): KeyRing => {
  let published = new Map<string, PublishedKey>();
  let own: OwnKey | null = null;
  let publishing: Promise<OwnKey> | null = null;

  const add = (key: SigningKey) => {
    const pem = toPem(key.publicKey);
    if (pem !== null) published.set(key.kid, { ...key, pem });
  };
  const live = (kid: string) => {
    const key = published.get(kid);
    return key && key.expiresAt > clock.now() ? key : undefined;
  };

  const reload = async () => {
    const keys = await signingKeyDirectory.list();
    const before = published;
    published = new Map();
    // A row says which key it is by its content, whatever its kid claims.
    for (const key of keys) {
      const kid = thumbprint(key.publicKey);
      const known = before.get(kid);
      if (known?.expiresAt === key.expiresAt) published.set(kid, known);
      else add({ ...key, kid });
    }
  };
  const pacedReload = paced(reload, reloadInterval);

  const publish = async (exp: Seconds): Promise<OwnKey> => {
    const now = clock.now();
    // A key that is still good was missing from the set: it is published again rather than replaced.
    const key = own && !published.has(own.kid) && maySign(own, exp, now) ? own : makeKey(now, lifetimes);
    await storage.atomically(async ({ signingKeys }) => {
      await signingKeys.publish(key);
      await signingKeys.prune(now - keyRetentionMs);
    });
    own = key;
    add({ kid: key.kid, publicKey: key.publicKey, createdAt: key.createdAt, expiresAt: key.expiresAt });
    return key;
  };

  return {
    async signingKey(exp) {
      const row = own && published.get(own.kid);
      if (own && row && maySign(row, exp, clock.now())) return own;
      publishing ??= publish(exp).finally(() => {
        publishing = null;
      });
      return publishing;
    },

    async publicKey(kid) {
      if (!isThumbprint(kid)) return null;
      if (!published.has(kid)) await pacedReload();
      return live(kid)?.pem ?? null;
    },

    has: (kid) => live(kid) !== undefined,
    publicKeys: () => [...published.values()].filter(({ kid }) => live(kid)).map(({ publicKey }) => toJwk(publicKey)),
    reload: pacedReload,
  };
};

const makeKey = (now: Instant, lifetimes: Lifetimes): OwnKey => {
  const { privateKey, publicKey } = generateEd25519Key();
  return { kid: thumbprint(publicKey), privateKey, publicKey, createdAt: now, expiresAt: keyExpiry(now, lifetimes) };
};
