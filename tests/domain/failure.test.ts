import { DomainError, InvalidValue, invalidField, parseFields, refuse } from '@mentorship/domain';
import { describe, expect, test } from 'vitest';

const refused = (code: string) => (): never => {
  throw new InvalidValue(code, `Not ${code}.`);
};

describe('parseFields', () => {
  test('returns the values of all fields', () => {
    expect(parseFields({ name: () => 'john', age: () => 7, note: () => null, none: () => undefined })).toEqual({
      name: 'john',
      age: 7,
      note: null,
      none: undefined,
    });
  });

  test('lists all refused fields at once, in their order, with their messages', () => {
    const parse = () => parseFields({ name: refused('too_long'), age: () => 7, phone: refused('invalid_phone') });
    expect(parse).toThrow(
      new DomainError('validation_failed', {
        errors: [
          { field: 'name', code: 'too_long', message: 'Not too_long.' },
          { field: 'phone', code: 'invalid_phone', message: 'Not invalid_phone.' },
        ],
      }),
    );
  });

  test('rethrows any other error', () => {
    const bug = new TypeError('undefined is not a function');
    const parse = () =>
      parseFields({
        name: refused('too_long'),
        age: () => {
          throw bug;
        },
      });
    expect(parse).toThrow(bug);
  });

  test('has a counterpart that refuses one field', () => {
    expect(invalidField('mentor', 'unknown_mentor', 'No such user.')).toMatchObject({
      code: 'validation_failed',
      details: { errors: [{ field: 'mentor', code: 'unknown_mentor', message: 'No such user.' }] },
    });
  });
});

test('refuse creates an error with a code, empty details and a cause', () => {
  const cause = new Error('the disk is full');
  const refusal = refuse('user_not_found', { cause });
  expect(refusal).toBeInstanceOf(Error);
  expect(refusal).toMatchObject({ name: 'DomainError', code: 'user_not_found', details: {}, cause });
});
