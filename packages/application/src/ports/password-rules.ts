import type { Password } from '@mentorship/domain';

/** Which passwords may be set. */
export interface PasswordRules {
  /** `personal` is what others know of the user: name, address. Throws `InvalidValue`, with what to do. */
  parse(text: string, personal?: readonly string[]): Password;
}
