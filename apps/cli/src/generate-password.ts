import { randomInt } from 'node:crypto';

/** What nobody mistakes for another, read out or written down. */
const alphabet = 'abcdefghjkmnpqrstuvwxyz23456789';

/** 20 characters by lot, in four groups: 99 bits. */
export const generatePassword = (): string =>
  Array.from({ length: 4 }, () => Array.from({ length: 5 }, () => alphabet[randomInt(alphabet.length)]).join('')).join(
    '-',
  );
