import { clockSkew } from './session.ts';
import { fromSeconds, type Instant, type Seconds } from './time.ts';

/** A rate limit: how many attempts each period allows; null without a limit. */
export type Budget = { readonly attempts: number; readonly period: Seconds } | null;

/**
 * What a budget limits. Failed logins count by account and network (`login`), by network (`login_address`), by
 * account over all networks from which the account has neither registered nor logged in (`login_account`), so that an attacker cannot
 * lock the owner out, and over all unknown names (`login_unknown`). Registrations count by network, mentorship
 * requests and offers by the account that sends them (`request`), and so do uses of a password by a user who is logged
 * in (`password`): a check of the current one, or a new one.
 */
export type BudgetName =
  | 'login'
  | 'login_address'
  | 'login_account'
  | 'login_unknown'
  | 'registration'
  | 'password'
  | 'request';

export type Budgets = Readonly<Record<BudgetName, Budget>>;

/**
 * The latest end that a period which began by now can have. A later one was written by a clock that was ahead: it is
 * over, or the error of one clock would lock users out for as long.
 */
export const latestEnd = (until: Instant): Instant => until + fromSeconds(clockSkew);

/** Whether the count is a power of two: recording only those attempts keeps an attack from filling the table. */
export const isMilestone = (count: number): boolean => Number.isInteger(Math.log2(count));

/** A network whose attempts are counted together, and how many times the budget of one address it has. */
export interface CountedNetwork {
  readonly network: string;
  readonly addresses: number;
}

/**
 * The IPv6 networks that an attempt is counted under. A host can use a whole /64 (RFC 4291, section 2.5.4), a household
 * has up to a /56, a site up to a /48 (RFC 6177). A wider network has a larger budget, because strangers may be in it,
 * but a smaller one than all its parts together, because one attacker may own it.
 */
const countedPrefixes = [
  { bits: 64, addresses: 1 },
  { bits: 56, addresses: 2 },
  { bits: 48, addresses: 4 },
] as const;

/**
 * The networks around an address, narrowest first: an IPv4 address as it is, or the /64, /56 and /48 of an IPv6 address.
 * `network` is a network as `Client` has it.
 */
export const networksAround = (network: string): CountedNetwork[] => {
  if (!network.endsWith(narrowest)) return [{ network, addresses: 1 }];
  const written = network.slice(0, -narrowest.length).split(':');
  const groups = Array.from({ length: 4 }, (_, at) => Number.parseInt(written[at] || '0', 16));
  return countedPrefixes.map(({ bits, addresses }) => ({
    // The narrowest is a key of stored counts as it is written.
    network: bits === 64 ? network : `${firstBits(groups, bits)}::/${bits}`,
    addresses,
  }));
};

const narrowest = '::/64';

const firstBits = (groups: readonly number[], bits: number): string =>
  groups
    .map((group, at) => group & (0xffff << Math.min(16, Math.max(0, 16 * (at + 1) - bits))))
    .map((group) => (group & 0xffff).toString(16))
    .slice(0, Math.ceil(bits / 16))
    .join(':');
