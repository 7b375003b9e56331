import { parseEmail, parsePhone } from '@mentorship/domain';
import { describe, expect, test } from 'vitest';
import { invalid } from '../support/refusals.ts';

/** An email address of this length, with labels as long as DNS allows. */
const addressOf = (length: number): string => {
  const labels = `${'d'.repeat(63)}.${'d'.repeat(63)}.${'d'.repeat(50)}.example.com`;
  return `${'l'.repeat(length - labels.length - 1)}@${labels}`;
};

describe('parseEmail returns an email address', () => {
  test.each([
    'john@example.com',
    'John.Doe+tag@Example.COM',
    "o'hara@example.com",
    'a@b.co',
    '!#$%&*+/=?^_`{|}~-@example.com',
    'john@mail.example.co.uk',
    'john@xn--bcher-kva.example',
    'jörg@bücher.example',
    'иван@пример.рф',
    'john@1.2.example',
    'john@paral·lel.cat',
    'paral·lel@example.com',
    'john@カタカナ・ドット.jp',
    'john@αβ.͵α.gr',
    'john@צה״ל.example',
    'john@ג׳.example',
    'john@نامه\u200cای.example',
    'john@क्\u200dष.example',
    'john@٣٤.example',
    `${'l'.repeat(64)}@example.com`,
    `john@${'d'.repeat(63)}.com`,
  ])('%s', (text) => {
    expect(parseEmail(text)).toBe(text);
  });

  test('trimmed', () => {
    expect(parseEmail(' \tjohn@example.com\n')).toBe('john@example.com');
  });

  test('of 254 characters', () => {
    expect(parseEmail(addressOf(254))).toHaveLength(254);
  });
});

describe('parseEmail refuses an address', () => {
  test.each([
    ['without @', 'john', 'invalid_email'],
    ['without a name', '@example.com', 'invalid_email'],
    ['without a domain', 'john@', 'invalid_email'],
    ['at a single label', 'john@localhost', 'invalid_email'],
    ['with two @', 'john@doe@example.com', 'invalid_email'],
    ['with a space', 'john doe@example.com', 'invalid_email'],
    ['with a line break', 'john@example.com\nbcc:all@example.com', 'invalid_email'],
    ['with a control character', 'john\u0007@example.com', 'invalid_email'],
    ['with a comma', 'john,jane@example.com', 'invalid_email'],
    ['with a display name', 'John <john@example.com>', 'invalid_email'],
    ['with a dot first', '.john@example.com', 'invalid_email'],
    ['with a dot last', 'john.@example.com', 'invalid_email'],
    ['with two dots in the name', 'john..doe@example.com', 'invalid_email'],
    ['with two dots in the domain', 'john@example..com', 'invalid_email'],
    ['with a dot at its end', 'john@example.com.', 'invalid_email'],
    ['with a hyphen before a dot', 'john@example-.com', 'invalid_email'],
    ['with a hyphen after a dot', 'john@-example.com', 'invalid_email'],
    ['with an underscore in the domain', 'john@exa_mple.com', 'invalid_email'],
    ['at an IPv4 address', 'a@127.0.0.1', 'invalid_email'],
    ['at a hexadecimal address', 'a@127.0.0x7f', 'invalid_email'],
    ['at a number', 'a@example.123', 'invalid_email'],
    ['with a middle dot between other letters', 'john@a·b.cat', 'invalid_email'],
    ['with a Katakana dot without Japanese', 'john@a・b.jp', 'invalid_email'],
    ['with a Katakana dot alone', 'john@・.jp', 'invalid_email'],
    ['with a Greek keraia before another letter', 'john@͵a.gr', 'invalid_email'],
    ['with a Hebrew geresh after another letter', 'john@a׳.example', 'invalid_email'],
    ['with mixed Arabic digits', 'john@a٣۴.example', 'invalid_email'],
    ['with a joiner among Latin letters', 'john@a\u200db.com', 'invalid_email'],
    ['with a variation selector', 'john\ufe0f@example.com', 'invalid_email'],
    ['with a blank letter', '\u3164@example.com', 'invalid_email'],
    ['with five marks in a row', `x${'\u0323'.repeat(5)}@example.com`, 'invalid_email'],
    ['with a name of 65 characters', `${'l'.repeat(65)}@example.com`, 'invalid_email'],
    ['with a label of 64 characters', `john@${'d'.repeat(64)}.com`, 'invalid_email'],
    ['of 255 characters', addressOf(255), 'too_long'],
    ['of a million characters', 'a.'.repeat(500_000), 'too_long'],
    ['with NUL', 'john\0@example.com', 'invalid_text'],
    ['with a lone surrogate', 'john\ud800@example.com', 'invalid_text'],
  ])('%s', (_, text, code) => {
    expect(() => parseEmail(text)).toThrow(invalid(code));
  });
});

describe('parsePhone returns a phone number', () => {
  test.each([
    '+79999999999',
    '123-456-7890',
    '1234567890',
    '112',
    '(495) 123-45-67',
    '+1.212.555.0100',
    '1'.repeat(32),
    '+ - ( ) . 123',
  ])('%s', (text) => {
    expect(parsePhone(text)).toBe(text);
  });

  test('trimmed', () => {
    expect(parsePhone('\t +79999999999 \n')).toBe('+79999999999');
  });
});

describe('parsePhone refuses a number', () => {
  test.each([
    ['of two digits', '12', 'invalid_phone'],
    ['of two digits and other characters', '+1 (2) ...', 'invalid_phone'],
    ['without digits', '+-()', 'invalid_phone'],
    ['of 33 characters', '1'.repeat(33), 'invalid_phone'],
    ['with a letter', '123x456', 'invalid_phone'],
    ['with an extension', '+79999999999 ext. 1', 'invalid_phone'],
    ['with a tab', '123\t456', 'invalid_phone'],
    ['with a line break', '123\n456', 'invalid_phone'],
    ['with a slash', '123/456', 'invalid_phone'],
    ['of fullwidth digits', '１２３４５', 'invalid_phone'],
    ['of Arabic digits', '٣٤٥٦', 'invalid_phone'],
    ['with a no-break space', '123\u00a0456', 'invalid_phone'],
    ['with NUL', '123\u0000456', 'invalid_text'],
    ['with a lone surrogate', '123\udc00', 'invalid_text'],
  ])('%s', (_, text, code) => {
    expect(() => parsePhone(text)).toThrow(invalid(code));
  });
});
