import type { Explanation } from '@mentorship/adapters/failures';
import { DomainError, type FailureCode } from '@mentorship/domain';

const isRefusal = <Code extends FailureCode>(error: unknown, code: Code): error is DomainError<Code> =>
  error instanceof DomainError && error.code === code;

/** What the use cases refuse, in words for an operator. */
export const refusals: readonly Explanation[] = [
  {
    when: (_, error) => isRefusal(error, 'user_not_found'),
    say: () => 'Nobody has this username. Check how it is spelled; upper and lower case are the same.',
  },
  {
    when: (_, error) => isRefusal(error, 'validation_failed'),
    say: (_, error) =>
      isRefusal(error, 'validation_failed') ? error.details.errors.map(({ message }) => message).join(' ') : '',
  },
];
