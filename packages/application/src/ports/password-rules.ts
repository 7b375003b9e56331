import type { Password } from '@mentorship/domain';

/** Decides which passwords may be set. */
export interface PasswordRules {
  /** `personal` has words that others know of the user: name, email, phone. Throws `InvalidValue` with advice. */
  parse(text: string, personal?: readonly string[]): Password;
}
