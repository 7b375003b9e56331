import { openPasswordRules } from '@mentorship/adapters/security';
import { parsePassword } from '@mentorship/domain';
import { sample, shuffledSubarray } from 'fast-check';
import { describe, expect, test } from 'vitest';
import { invalid } from '../../support/refusals.ts';

const strict = await openPasswordRules('strict');
const readme = await openPasswordRules('readme');

const personal = ['maximilian', 'maximilian.schmidt@example.com'];

const messageOf = (parse: () => unknown): string => {
  try {
    parse();
  } catch (error) {
    return (error as Error).message;
  }
  return '';
};

const codeOf = (parse: () => unknown): string => {
  try {
    parse();
  } catch (error) {
    return (error as { code: string }).code;
  }
  return '';
};

describe('strict rules', () => {
  test.each([
    'correct-teapot-glacier-violin',
    'seven otters argue about tax',
    'Wd7#kq!Zr2@xLm9$',
    'blå hästar äter sällan papper',
    '翠 玻璃 狐狸 讀 報紙 在 屋頂上 唱歌 跳舞',
    'x7 '.repeat(2) + 'quorum mist lantern ' + 'ploughs sixty'.repeat(5),
  ])('accept %j unchanged', (text) => {
    expect(strict.parse(text, personal)).toBe(text.normalize('NFKC'));
    expect(strict.parse(text)).toBe(text.normalize('NFKC'));
  });

  test.each(['', '12345678', 'Wd7#kq!Zr2@xLm', 'ﬁ'.repeat(7)])('reject %j, which is too short', (text) => {
    expect(() => strict.parse(text)).toThrow(invalid('too_short'));
    expect(messageOf(() => strict.parse(text))).toContain('15 characters');
  });

  test('count code points, and reject more than 128', () => {
    expect(() => strict.parse('🔑'.repeat(14))).toThrow(invalid('too_short'));
    expect(() => strict.parse('seven otters argue '.repeat(7))).toThrow(invalid('too_long'));
  });

  test.each([
    ['a common password', 'passwordpassword'],
    ['a common password', 'password12345678'],
    ['a common password', 'P@ssw0rd12345678'],
    ['a common password', 'iloveyou12345678'],
    ['adjacent keys', 'qwertyuiopasdfgh'],
    ['adjacent keys', '1234567890123456'],
    ['a sequence', 'abcdefghijklmnopqr'],
    ['one character repeated', 'aaaaaaaaaaaaaaaaaaaa'],
    ['a repeated word', 'abcabcabcabcabcabc'],
    ['a repeated word', 'letmeinletmeinletmein'],
    ['a common phrase', 'thequickbrownfox'],
    ['a well-known phrase', 'correcthorsebatterystaple'],
    ['the name of this service, twice', 'mentorship mentorship'],
    ['words of this service', 'mentorship-mentor-mentee'],
    ['a padded word', 'password!!!!!!!!!!!!!!'],
    ['a padded word', '          monkey          '],
    ['a padded word', 'dragon1111111111111'],
    ['a name', 'jennifer1986jennifer'],
    ['a common password in full-width letters', 'ｐａｓｓｗｏｒｄ12345678'],
    ['a date', '01.01.199001.01.1990'],
    ['the name of the user', 'maximilian123456'],
    ['the name of the user, twice', 'MaximilianMaximilian'],
    ['the name of the user, backwards', 'nailimixamnailimixam'],
    ['the email address', 'maximilian.schmidt@example.com'],
    ['a part of the email address', 'schmidtschmidt2024'],
  ])('reject %s: %j, and say what to do', (_what, text) => {
    expect(() => strict.parse(text, personal)).toThrow(invalid('easy_to_guess'));
    const message = messageOf(() => strict.parse(text, personal));
    expect(message).toMatch(/^[A-Z][^]*\. Use four or more unrelated words\.$/);
    expect(message).not.toContain(text);
  });

  test('reject the personal words of this user only', () => {
    const text = 'zyxolandria-17-ok';
    expect(strict.parse(text)).toBe(text);
    expect(() => strict.parse(text, ['zyxolandria'])).toThrow(invalid('easy_to_guess'));
    expect(() => strict.parse(text, ['', 'Zyxolandria@example.com', ''])).toThrow(invalid('easy_to_guess'));
    expect(strict.parse(text, ['someone'])).toBe(text);
    expect(strict.parse(text)).toBe(text);
  });

  test('accept four random words of five letters or more', () => {
    const words = [
      'glacier', 'teapot', 'violin', 'lantern', 'quorum', 'plough', 'thistle', 'gravel', 'walnut', 'saddle',
      'marble', 'turnip', 'pepper', 'anchor', 'velvet', 'cactus', 'radish', 'oyster', 'puddle', 'kettle',
    ]; // prettier-ignore
    const four = shuffledSubarray(words, { minLength: 4, maxLength: 4 });
    for (const chosen of sample(four, 50))
      for (const text of [chosen.join(' '), chosen.join('-')]) expect(strict.parse(text, personal)).toBe(text);
  });

  test.each(['p4ssw0rd', '4@8({[<3€6#9&!|10$5+7%2zx', 'l1l1s5$S', 'Passw0rd1!qwertyabcABC123'])(
    'accept or reject 128 characters of %j without another error',
    (text) => {
      const long = text.repeat(16).slice(0, 128);
      expect(['', 'easy_to_guess']).toContain(codeOf(() => strict.parse(long, personal)));
    },
  );

  test.each(['\ud800'.repeat(20), `with a NUL \0 inside of it`])('reject malformed text %j', (text) => {
    expect(() => strict.parse(text)).toThrow(invalid('invalid_text'));
  });
});

describe('the rules of the README', () => {
  test.each(['12345678', 'password', 'maximilian', 'aaaaaaaa', ' spaces ', 'ｆｕｌｌ ｗｉｄｔｈ'])(
    'accept %j',
    (text) => {
      expect(readme.parse(text, personal)).toBe(parsePassword(text));
    },
  );

  test('reject fewer than 8 and more than 128 characters', () => {
    expect(() => readme.parse('1234567')).toThrow(invalid('too_short'));
    expect(() => readme.parse('x'.repeat(129))).toThrow(invalid('too_long'));
  });
});
