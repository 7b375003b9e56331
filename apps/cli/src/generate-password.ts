import { randomInt } from 'node:crypto';

/** Without characters that look alike, such as l and 1. */
const alphabet = 'abcdefghjkmnpqrstuvwxyz23456789';

/** Returns 20 random characters in four groups: 99 bits. */
export const generatePassword = (): string =>
  Array.from({ length: 4 }, () => Array.from({ length: 5 }, () => alphabet[randomInt(alphabet.length)]).join('')).join(
    '-',
  );
