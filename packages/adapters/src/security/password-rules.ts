import type { PasswordRules } from '@mentorship/application';
import { InvalidValue, parsePassword, type PasswordPolicy } from '@mentorship/domain';

/** How many guesses a password must take at least, as a power of ten: four words that were drawn by lot take more. */
const leastGuesses = 14;

/** The library speaks to whoever builds a page. */
const tooPersonal = 'This is made of your name, your address, your number or what this service is called.';

/** What anyone would try here first. */
const ourOwn = ['mentorship', 'mentor', 'mentee'];

/** What is judged of a password: more would take longer, on the one thread that answers everyone, and say no more. */
const limits = { maxLength: 64, l33tMaxSubstitutions: 1 };

/** The rules of the policy. The lists of common passwords, names and words come with the library, and are loaded only if needed. */
export const openPasswordRules = async (policy: PasswordPolicy): Promise<PasswordRules> =>
  policy === 'strict' ? openZxcvbnRules() : { parse: (text) => parsePassword(text) };

const openZxcvbnRules = async (): Promise<PasswordRules> => {
  const [{ ZxcvbnFactory }, common, english] = await Promise.all([
    import('@zxcvbn-ts/core'),
    import('@zxcvbn-ts/language-common'),
    import('@zxcvbn-ts/language-en'),
  ]);
  const zxcvbn = new ZxcvbnFactory({
    ...limits,
    dictionary: { ...common.dictionary, ...english.dictionary },
    graphs: common.adjacencyGraphs,
    translations: { ...english.translations, warnings: { ...english.translations.warnings, userInputs: tooPersonal } },
  });
  return {
    parse(text, personal = []) {
      const password = parsePassword(text, 'strict');
      const known = [...ourOwn, ...personal.filter((word) => word !== '').flatMap(wordsOf)];
      const { guessesLog10, feedback } = zxcvbn.check(password, known);
      if (guessesLog10 >= leastGuesses) return password;
      const why = feedback.warning ?? 'This password is easy to guess.';
      throw new InvalidValue('easy_to_guess', `${why} Use four or more words that do not belong together.`);
    },
  };
};

/** An address is known as a whole, and by its parts. */
const wordsOf = (text: string): string[] => [text, ...text.split(/[@.\s_+-]+/).filter((part) => part.length > 2)];
