import type { Brand } from './brand.ts';
import { InvalidValue } from './failure.ts';
import { isEmail } from './unicode/email-syntax.ts';
import { parseText } from './text.ts';

export type Email = Brand<string, 'Email'>;
export type Phone = Brand<string, 'Phone'>;

/** In characters: RFC 5321, section 4.5.3.1.3, without the angle brackets of the path. */
const maxEmailLength = 254;

/** Trims the text. Throws `InvalidValue` unless it is an email address. */
export const parseEmail = (text: string): Email => {
  const address = parseText(text).trim();
  if (address.length > maxEmailLength) throw new InvalidValue('too_long', `Use at most ${maxEmailLength} characters.`);
  if (!isEmail(address))
    throw new InvalidValue('invalid_email', 'Send an email address such as john@example.com, or leave it out.');
  return address as Email;
};

const phone = /^(?=(?:\D*\d){3})[\d +\-().]{3,32}$/;

/** Trims the text. Throws `InvalidValue` unless it is a phone number. */
export const parsePhone = (text: string): Phone => {
  const number = parseText(text).trim();
  if (!phone.test(number))
    throw new InvalidValue(
      'invalid_phone',
      'Send a phone number such as +79999999999: up to 32 digits, spaces and + - ( ) . with at least 3 digits.',
    );
  return number as Phone;
};
