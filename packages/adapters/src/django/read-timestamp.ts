import type { Instant } from '@mentorship/domain';

const pattern =
  /^(?<date>\d{4}-\d\d-\d\d)(?:[ T](?<time>\d\d:\d\d:\d\d)(?:\.(?<fraction>\d{1,9}))?\s?(?<zone>Z|[+-]\d\d(?::?\d\d)?)?)?$/;

/**
 * Reads a timestamp as Django's databases write it: `2023-05-06 07:08:09.123456+02`. Without a zone it is in UTC; digits
 * after the milliseconds are cut off. Returns null for text that is not a timestamp of the years 0 to 9999.
 */
export const readTimestamp = (text: string | null): Instant | null => {
  const { date, time = '00:00:00', fraction = '', zone = 'Z' } = pattern.exec(text ?? '')?.groups ?? {};
  if (date === undefined) return null;
  const local = Date.parse(`${date}T${time}Z`);
  // Date.parse reads 30 February as 2 March.
  if (Number.isNaN(local) || !new Date(local).toISOString().startsWith(`${date}T${time}`)) return null;
  const at = local + Number(fraction.padEnd(3, '0').slice(0, 3)) - offsetMs(zone);
  return /^\d{4}-/.test(new Date(at).toISOString()) ? at : null;
};

/** How far a zone is ahead of UTC, in milliseconds. */
const offsetMs = (zone: string): number => {
  if (zone === 'Z') return 0;
  const [, sign, hours, minutes = '0'] = /^([+-])(\d\d):?(\d\d)?$/.exec(zone) ?? [];
  return (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes)) * 60_000;
};
