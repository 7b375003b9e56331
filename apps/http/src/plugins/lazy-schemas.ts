import ajvCompiler, { type BuildCompilerFromPool } from '@fastify/ajv-compiler';
import serializerCompiler from '@fastify/fast-json-stringify-compiler';
import type { FastifySchemaCompiler, FastifyServerOptions } from 'fastify';

type SchemaController = NonNullable<FastifyServerOptions['schemaController']>;
type Factories = Required<NonNullable<SchemaController['compilersFactory']>>;

const [buildValidator, buildSerializer] = [ajvCompiler(), serializerCompiler()];

const buildLazyValidator: BuildCompilerFromPool = (schemas, options) => {
  const compile = once(() => buildValidator(schemas, options) as FastifySchemaCompiler<unknown>);
  const compileLazily: FastifySchemaCompiler<unknown> = (part) => {
    const validator = once(() => compile()(part));
    return (data) => validator()(data) || { error: validator().errors ?? [] };
  };
  return compileLazily as unknown as ReturnType<BuildCompilerFromPool>;
};

const buildLazySerializer: Factories['buildSerializer'] = (schemas, options) => {
  const compile = once(() => buildSerializer(schemas, options));
  return (response) => {
    const serializer = once(() => compile()(response));
    return (data) => serializer()(data);
  };
};

/** Fastify's own compilers, run on first use: compiling every schema takes a large part of the start. */
export const lazySchemas: SchemaController = {
  compilersFactory: { buildValidator: buildLazyValidator, buildSerializer: buildLazySerializer },
};

const once = <Value>(compute: () => Value): (() => Value) => {
  let value: Value | undefined;
  return () => (value ??= compute());
};
