import { clockSkew } from './session.ts';
import { fromSeconds, type Instant, type Seconds } from './time.ts';

/** A rate limit: how many attempts each period allows; null without a limit. */
export type Budget = { readonly attempts: number; readonly period: Seconds } | null;

/**
 * What a budget limits. Failed logins count by account and network (`login`), by network (`login_address`), by
 * account over all networks from which the account has never logged in (`login_account`), so that an attacker cannot
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
