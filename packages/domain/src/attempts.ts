import type { Seconds } from './time.ts';

/** How many attempts a period allows; null where there is no limit. */
export type Budget = { readonly attempts: number; readonly period: Seconds } | null;

/**
 * What attempts are counted by. Failed logins: by account and address together, by address, and by account over all
 * addresses from which it never logged in before, so that strangers cannot lock its owner out; and under all names that
 * nobody has. Registrations: by address.
 */
export type Tally = 'login' | 'login_address' | 'login_account' | 'login_unknown' | 'registration';

export type Budgets = Readonly<Record<Tally, Budget>>;

/** Whether an attempt is one to note, being the first, second, fourth, eighth …: a flood fills no table. */
export const isMilestone = (count: number): boolean => Number.isInteger(Math.log2(count));
