import type { PasswordRules } from '@mentorship/application';
import { InvalidValue, parsePassword, type PasswordPolicy } from '@mentorship/domain';

/** How many guesses a password must withstand, as a power of ten. Four randomly chosen words withstand more. */
const minGuessesLog10 = 14;

/** Replaces the library's warning, which addresses developers, not users. */
const userInputsWarning =
  'This is built from your name, your email address, your phone number or the name of this service.';

/** The first guesses of an attacker of this service. */
const serviceWords = ['mentorship', 'mentor', 'mentee'];

/** Bounds the time of an estimate, which runs on the event loop. Longer prefixes would not change the result. */
const estimateLimits = { maxLength: 64, l33tMaxSubstitutions: 1 };

/** The rules of the policy. Only `strict` loads the library and its lists of common passwords, names and words. */
export const openPasswordRules = async (policy: PasswordPolicy): Promise<PasswordRules> =>
  policy === 'strict' ? openZxcvbnRules() : { parse: (text) => parsePassword(text) };

const openZxcvbnRules = async (): Promise<PasswordRules> => {
  const [{ ZxcvbnFactory }, common, english] = await Promise.all([
    import('@zxcvbn-ts/core'),
    import('@zxcvbn-ts/language-common'),
    import('@zxcvbn-ts/language-en'),
  ]);
  const zxcvbn = new ZxcvbnFactory({
    ...estimateLimits,
    dictionary: { ...common.dictionary, ...english.dictionary },
    graphs: common.adjacencyGraphs,
    translations: {
      ...english.translations,
      warnings: { ...english.translations.warnings, userInputs: userInputsWarning },
    },
  });
  return {
    parse(text, personal = []) {
      const password = parsePassword(text, 'strict');
      const guessable = [...serviceWords, ...personal.filter((word) => word !== '').flatMap(wordsOf)];
      const { guessesLog10, feedback } = zxcvbn.check(password, guessable);
      if (guessesLog10 >= minGuessesLog10) return password;
      const warning = feedback.warning ?? 'This password is easy to guess.';
      throw new InvalidValue('easy_to_guess', `${warning} Use four or more unrelated words.`);
    },
  };
};

/** Both the complete text, such as an email address, and its parts are guessable. */
const wordsOf = (text: string): string[] => [text, ...text.split(/[@.\s_+-]+/).filter((part) => part.length > 2)];
