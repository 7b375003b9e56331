import type { FieldFailure, PasswordPolicy } from '@mentorship/domain';
import { distance } from 'fastest-levenshtein';
import type { FastifySchemaValidationError, FastifyServerOptions } from 'fastify';
import { createFormats, formatError, type Formats } from '../schemas/formats.ts';

/** The request does not match its schema. */
export class InvalidRequest extends Error {
  readonly errors: readonly FieldFailure[];

  constructor(errors: readonly FieldFailure[]) {
    super('The request does not match its schema.');
    this.errors = errors;
  }
}

/**
 * Fastify's options for validation: strict types, nothing removed or converted, and all errors at once (the limit of
 * 64 KiB for a body keeps them few).
 */
export const validationOptions = (policy: PasswordPolicy) => {
  const formats = createFormats(policy);
  return {
    ajv: {
      customOptions: {
        allErrors: true,
        coerceTypes: false,
        removeAdditional: false,
        useDefaults: false,
        verbose: true,
        allowUnionTypes: true,
      },
      onCreate: (ajv) => {
        for (const format of Object.keys(formats))
          ajv.addFormat(format, {
            type: 'string',
            validate: (text: string) => formatError(formats, format, text) === null,
          });
      },
    },
    schemaErrorFormatter: (errors, part) => new InvalidRequest(fieldFailures(errors, part, formats)),
  } satisfies FastifyServerOptions;
};

/** Ajv's option `verbose` adds `data` and `parentSchema`. */
interface SchemaError extends FastifySchemaValidationError {
  readonly data?: unknown;
  readonly parentSchema?: { readonly properties?: Readonly<Record<string, unknown>> };
}

/** How many invalid fields a problem names at most: more than any route has. */
const maxFields = 100;

/** The first error of each field. */
const fieldFailures = (errors: readonly SchemaError[], part: string, formats: Formats): FieldFailure[] => {
  const byField = new Map<string, FieldFailure>();
  for (const error of errors) {
    const failure = fieldFailure(error, part, formats);
    if (!byField.has(failure.field)) byField.set(failure.field, failure);
    if (byField.size >= maxFields) break;
  }
  return [...byField.values()];
};

const fieldFailure = (error: SchemaError, part: string, formats: Formats): FieldFailure => {
  const { keyword, params, instancePath } = error;
  const path = instancePath.split('/').slice(1).map(unescapePointer);
  const at = (...names: unknown[]) => [...path, ...names].join('.') || part;
  switch (keyword) {
    case 'required':
      return { field: at(params['missingProperty']), code: 'required', message: 'This field is required.' };
    case 'additionalProperties': {
      const name = String(params['additionalProperty']);
      return { field: at(name), code: 'unknown_field', message: unknownField(name, error) };
    }
    case 'type':
      return {
        field: at(),
        code: 'wrong_type',
        message: `Send ${describeTypes(params['type'] as string | string[])}.`,
      };
    case 'enum': {
      const choices = (params['allowedValues'] as string[]).join(', ');
      return { field: at(), code: 'invalid_choice', message: `Send one of: ${choices}.` };
    }
    case 'minimum':
    case 'maximum':
      return { field: at(), code: 'out_of_range', message: `Send a number ${describeRange(params)}.` };
    case 'maxItems':
      return { field: at(), code: 'too_many', message: `Send at most ${String(params['limit'])}.` };
    case 'format': {
      const { code, message } = formatError(formats, String(params['format']), String(error.data)) ?? invalid;
      return { field: at(), code, message };
    }
    default:
      return { field: at(), ...invalid };
  }
};

/** `>= 0`, for example. */
const describeRange = ({ comparison, limit }: Readonly<Record<string, unknown>>): string =>
  `${String(comparison)} ${String(limit)}`;

const invalid = { code: 'invalid', message: 'This value is not valid.' };

const typeNames: Readonly<Record<string, string>> = {
  string: 'a string',
  null: 'null',
  integer: 'a whole number',
  array: 'a list',
  object: 'a JSON object',
};

/** Names one or several types of JSON Schema. */
const describeTypes = (types: string | readonly string[]): string =>
  types
    .toString()
    .split(',')
    .map((type) => typeNames[type] ?? type)
    .join(' or ');

/** RFC 6901, section 4. */
const unescapePointer = (token: string): string => token.replaceAll('~1', '/').replaceAll('~0', '~');

/** Suggests the known field that is at most two typing errors away, or that shares its beginning (`mentor`). */
const unknownField = (name: string, { parentSchema }: SchemaError): string => {
  const known = Object.keys(parentSchema?.properties ?? {});
  const typos = (field: string) => distance(field.toLowerCase(), name.slice(0, 64).toLowerCase().replaceAll('-', '_'));
  const meant =
    known.toSorted((a, b) => typos(a) - typos(b)).find((field) => typos(field) <= Math.min(2, field.length / 2)) ??
    known.find((field) => name !== '' && (field.startsWith(name) || name.startsWith(field)));
  return meant
    ? `Unknown field. Did you mean "${meant}"?`
    : `Unknown field. The known fields are: ${known.join(', ')}.`;
};
