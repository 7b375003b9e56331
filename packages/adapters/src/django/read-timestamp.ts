import type { Instant } from '@mentorship/domain';

const moment =
  /^(?<date>\d{4}-\d\d-\d\d)(?:[ T](?<time>\d\d:\d\d:\d\d)(?:\.(?<fraction>\d{1,9}))?\s?(?<zone>Z|[+-]\d\d(?::?\d\d)?)?)?$/;

/**
 * The moment in a text as Django's databases write it: `2023-05-06 07:08:09.123456+02`. One without a zone is in UTC.
 * Less than a millisecond is cut off; null for what is no moment.
 */
export const readTimestamp = (text: string | null): Instant | null => {
  const { date, time = '00:00:00', fraction = '', zone = 'Z' } = moment.exec(text ?? '')?.groups ?? {};
  if (date === undefined) return null;
  const wall = Date.parse(`${date}T${time}Z`);
  // A day that the month does not have is read as one of the next.
  if (Number.isNaN(wall) || !new Date(wall).toISOString().startsWith(`${date}T${time}`)) return null;
  const at = wall + Number(fraction.padEnd(3, '0').slice(0, 3)) - offset(zone);
  return /^\d{4}-/.test(new Date(at).toISOString()) ? at : null;
};

/** How far a zone is ahead of UTC, in milliseconds. */
const offset = (zone: string): number => {
  if (zone === 'Z') return 0;
  const [, sign, hours, minutes = '0'] = /^([+-])(\d\d):?(\d\d)?$/.exec(zone) ?? [];
  return (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes)) * 60_000;
};
