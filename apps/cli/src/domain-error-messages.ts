import type { Explanation } from '@mentorship/adapters/failures';
import { DomainError, type FailureCode } from '@mentorship/domain';

const hasCode = <Code extends FailureCode>(error: unknown, code: Code): error is DomainError<Code> =>
  error instanceof DomainError && error.code === code;

/** What the use cases of the administration refuse, in words for an operator. */
export const domainErrorMessages: readonly Explanation[] = [
  {
    when: (_, error) => hasCode(error, 'user_not_found'),
    say: () => 'No user has this username. Check the spelling; case does not matter.',
  },
  {
    when: (_, error) => hasCode(error, 'validation_failed'),
    say: (_, error) =>
      hasCode(error, 'validation_failed') ? error.details.errors.map(({ message }) => message).join(' ') : '',
  },
];
