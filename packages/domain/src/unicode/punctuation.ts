import { replaceJoiners } from './joiners.ts';

/**
 * Punctuation that languages need within words, in its place: · between two l, the Greek ͵ before Greek, the Hebrew ׳
 * and ״ after Hebrew (RFC 5892, appendices A.3 to A.6).
 */
const punctuationInPlace = /(?<=l)\u00b7(?=l)|\u0375(?=\p{Script=Greek})|(?<=\p{Script=Hebrew})[\u05f3\u05f4]/giu;

/** The Katakana ・ stands in labels that have Japanese or Chinese letters (A.7). */
const japanese = /[\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Han}]/u;

/** Arabic-Indic digits and their extended forms look the same, and are never mixed (A.8 and A.9). */
const mixedDigits = /[\u0660-\u0669].*[\u06f0-\u06f9]|[\u06f0-\u06f9].*[\u0660-\u0669]/u;

/** Writes a letter for each joiner and punctuation mark in its place, so that its length still counts. */
export const withLetters = (label: string): string => {
  const letters = replaceJoiners(label, 'x').replace(punctuationInPlace, 'x');
  return japanese.test(label) ? letters.replaceAll('\u30fb', 'x') : letters;
};

/** Whether the label mixes digits that look the same. */
export const hasMixedDigits = (label: string): boolean => mixedDigits.test(label);
