import ajvCompiler from '@fastify/ajv-compiler';
import serializerCompiler from '@fastify/fast-json-stringify-compiler';
import type { FastifySchemaCompiler, FastifyServerOptions } from 'fastify';

type SchemaController = NonNullable<FastifyServerOptions['schemaController']>;
type Factories = Required<NonNullable<SchemaController['compilersFactory']>>;

const [buildValidator, buildSerializer] = [ajvCompiler(), serializerCompiler()];

const validatorsOf = (...[schemas, options]: Parameters<typeof buildValidator>): FastifySchemaCompiler<unknown> => {
  const compile = once(() => buildValidator(schemas, options) as FastifySchemaCompiler<unknown>);
  return (part) => {
    const validator = once(() => compile()(part));
    return (data) => validator()(data) || { error: validator().errors ?? [] };
  };
};

const serializersOf: Factories['buildSerializer'] = (schemas, options) => {
  const compile = once(() => buildSerializer(schemas, options));
  return (response) => {
    const serializer = once(() => compile()(response));
    return (data) => serializer()(data);
  };
};

/** Fastify's own compilers, run on first use: compiling every schema takes a large part of the start. */
export const lazySchemas: SchemaController = {
  compilersFactory: {
    buildValidator: validatorsOf as unknown as Factories['buildValidator'],
    buildSerializer: serializersOf,
  },
};

const once = <Value>(compute: () => Value): (() => Value) => {
  let value: Value | undefined;
  return () => (value ??= compute());
};
