import { InvalidValue } from '../failure.ts';
import { withoutJoiners } from './joiners.ts';

/** Every script of Unicode 17 by its code in ISO 15924; a test knows when one is missing. */
const scripts =
  'Adlm Aghb Ahom Arab Armi Armn Avst Bali Bamu Bass Batk Beng Berf Bhks Bopo Brah Brai Bugi Buhd Cakm Cans Cari ' +
  'Cham Cher Chrs Copt Cpmn Cprt Cyrl Deva Diak Dogr Dsrt Dupl Egyp Elba Elym Ethi Gara Geor Glag Gong Gonm Goth ' +
  'Gran Grek Gujr Gukh Guru Hang Hani Hano Hatr Hebr Hira Hluw Hmng Hmnp Hung Ital Java Kali Kana Kawi Khar Khmr ' +
  'Khoj Kits Knda Krai Kthi Lana Laoo Latn Lepc Limb Lina Linb Lisu Lyci Lydi Mahj Maka Mand Mani Marc Medf Mend ' +
  'Merc Mero Miao Mlym Modi Mong Mroo Mtei Mult Mymr Nagm Nand Narb Nbat Newa Nkoo Nshu Ogam Olck Onao Orkh Orya Osge ' +
  'Osma Ougr Palm Pauc Perm Phag Phli Phlp Phnx Plrd Prti Rjng Rohg Runr Samr Sarb Saur Sgnw Shaw Shrd Sidd Sidt ' +
  'Sind Sinh Sogd Sogo Sora Soyo Sund Sunu Sylo Syrc Tagb Takr Tale Talu Taml Tang Tavt Tayo Telu Tfng Tglg Thaa ' +
  'Thai Tibt Tirh Tnsa Todr Tols Toto Tutg Ugar Vaii Vith Wara Wcho Xpeo Xsux Yezi Yiii Zanb';

/**
 * What may stand together: the mixes of the level "highly restrictive", then each script alone (UTS #39, section 5.2).
 * Characters that every script uses, such as digits and hyphens, count for none.
 */
const mixes = ['Latn Hani Hira Kana', 'Latn Hani Bopo', 'Latn Hani Hang', ...scripts.split(' ')];

const mixPattern = (mix: string): RegExp | null => {
  const classes = mix.split(' ').map((script) => `\\p{Script_Extensions=${script}}`);
  try {
    return new RegExp(`^[${classes.join('')}]*$`, 'u');
  } catch {
    // An older Unicode than ours does not know the script.
    return null;
  }
};

const mixPatterns: (RegExp | null)[] = [];

/** Taken out first: in each of the patterns above it would make them take 50 ms to compile. */
const shared = /[\p{Script_Extensions=Zyyy}\p{Script_Extensions=Zinh}]/gu;

/** Whether the text mixes scripts no further than UTS #39's level "highly restrictive". */
const isSingleScript = (text: string): boolean => {
  const letters = text.replace(shared, '');
  return mixes.some((mix, index) => (mixPatterns[index] ??= mixPattern(mix))?.test(letters));
};

/** How many combining marks may follow each other: languages need three. */
const maxMarks = 4;
const tooManyMarks = new RegExp(`\\p{M}{${maxMarks + 1}}`, 'u');

/** Default ignorable characters, and the blanks that Unicode counts as symbols, letters or marks. */
const invisible = /\p{Default_Ignorable_Code_Point}|\u2800|\u{13441}|\u{13442}|\u{16fe4}|\u{1d159}/u;

/** Whether readers miss a part of the text: invisible characters, or a pile of marks. Joiners in their place are seen. */
export const hasHiddenParts = (text: string): boolean => {
  const seen = withoutJoiners(text);
  return invisible.test(seen) || tooManyMarks.test(seen);
};

/** Refuses text in which a reader cannot see every character. Throws `InvalidValue`. */
export const requireVisible = (text: string, code: 'invalid_username' | 'invalid_skill'): void => {
  if (hasHiddenParts(text))
    throw new InvalidValue(code, `Leave out invisible characters, and more than ${maxMarks} accents on one letter.`);
};

/** Refuses letters of scripts that are not written together, such as a Cyrillic і among Latin letters. Throws `InvalidValue`. */
export const requireSingleScript = (text: string, code: 'invalid_username' | 'invalid_skill'): void => {
  if (!isSingleScript(text))
    throw new InvalidValue(code, 'Write with the letters of one script: some look the same in another one.');
};
