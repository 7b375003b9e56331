import { DomainError, InvalidValue, invalidField, parseFields, refuse } from '@mentorship/domain';
import { describe, expect, test } from 'vitest';

const refused = (code: string) => (): never => {
  throw new InvalidValue(code, `Not ${code}.`);
};

describe('fields', () => {
  test('that all parse give their values', () => {
    expect(parseFields({ name: () => 'john', age: () => 7, note: () => null, none: () => undefined })).toEqual({
      name: 'john',
      age: 7,
      note: null,
      none: undefined,
    });
  });

  test('that are wrong are all named at once, in their order, with what would be right', () => {
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

  test('do not hide a mistake of the program', () => {
    const mistake = new TypeError('undefined is not a function');
    const parse = () =>
      parseFields({
        name: refused('too_long'),
        age: () => {
          throw mistake;
        },
      });
    expect(parse).toThrow(mistake);
  });

  test('can be refused one by one after they were parsed', () => {
    expect(invalidField('mentor', 'unknown_mentor', 'Nobody.')).toMatchObject({
      code: 'validation_failed',
      details: { errors: [{ field: 'mentor', code: 'unknown_mentor', message: 'Nobody.' }] },
    });
  });
});

test('a refusal without details is an error with a code and its cause', () => {
  const cause = new Error('the disk is full');
  const refusal = refuse('user_not_found', { cause });
  expect(refusal).toBeInstanceOf(Error);
  expect(refusal).toMatchObject({ name: 'DomainError', code: 'user_not_found', details: {}, cause });
});
