import { Ajv2020 } from 'ajv/dist/2020.js';

type Described = { content?: Record<string, unknown>; headers?: Record<string, unknown> };
type Schema = { type?: string | string[]; properties?: Record<string, Schema>; required?: string[] };

export type Operation = {
  security?: unknown[];
  responses: Record<string, Described>;
  requestBody?: { content: { 'application/json': { schema: Schema } } };
};
export type Api = { paths: Record<string, Record<string, Operation>> };

/** A response as the checks and the tests read it. */
export type Answer = { status: number; headers: Record<string, string>; text: string; body: unknown };

/** The headers that a response must have because of its status. */
const requiredHeaders: Record<number, Record<string, RegExp>> = {
  201: { location: /^\/api\// },
  205: { 'content-length': /^0$/ },
  401: { 'www-authenticate': /^Bearer/ },
  405: { allow: /^[A-Z]+(, [A-Z]+)*$/ },
  429: { 'retry-after': /^[1-9]\d*$/ },
  503: { 'retry-after': /^\d+$/ },
};

/** Internals that a problem must not contain: stacks, files, statements. */
const leak =
  /\n\s+at |node_modules|file:\/\/|\.[jt]s:\d|\b(select|insert|update|delete) .* (from|into|set) |sqlite|postgres/i;

const pathOf = (url: string): string => (url.split('?', 1)[0] ?? '').replace(/(?<=.)\/$/, '');

/** The documented path of a URL, a literal path before a template; undefined if the URL cannot be decoded. */
const templateOf = ({ paths }: Api, url: string): string | undefined => {
  const path = pathOf(url);
  if (!isDecodable(path)) return undefined;
  const matches = (template: string) => new RegExp(`^${template.replace(/\{\w+\}/g, '[^/]+')}$`).test(path);
  return Object.keys(paths)
    .filter(matches)
    .toSorted((a, b) => Number(a.includes('{')) - Number(b.includes('{')))[0];
};

const isDecodable = (path: string): boolean => {
  try {
    return decodeURIComponent(path) !== '';
  } catch {
    return false;
  }
};

/** Every documented operation with its method in capitals. */
export const operationsOf = ({ paths }: Api): { method: string; path: string; operation: Operation }[] =>
  Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ method: method.toUpperCase(), path, operation })),
  );

/** Every operation that requires an access token. */
export const securedOperationsOf = (document: Api) =>
  operationsOf(document).filter(({ operation }) => operation.security !== undefined);

/** Throws unless the OpenAPI document describes the response, or it is a problem for a URL without a route. */
export const answerChecker = (document: Api) => {
  const ajv = new Ajv2020({ strict: false, allErrors: true, validateFormats: false });
  ajv.addSchema(document, 'openapi');
  const validate = (pointer: string[], value: unknown) => {
    const escaped = pointer.map((token) => encodeURIComponent(token.replaceAll('~', '~0').replaceAll('/', '~1')));
    const check = ajv.getSchema(`openapi#/${escaped.join('/')}`);
    if (!check) throw new Error(`no schema at ${pointer.join(' > ')}`);
    return check(value) ? [] : [`its body breaks the schema: ${ajv.errorsText(check.errors)}`];
  };

  const faultsOf = (method: string, url: string, { status, headers, text, body }: Answer): string[] => {
    const faults: string[] = [];
    for (const [name, form] of Object.entries(requiredHeaders[status] ?? {}))
      if (!form.test(headers[name] ?? '')) faults.push(`${name} is ${headers[name]}`);
    if ('set-cookie' in headers) faults.push('it sets a cookie');
    const [, tls = ''] = /^max-age=(\d+)(;|$)/.exec(headers['strict-transport-security'] ?? '') ?? [];
    if (Number(tls) < 365 * 24 * 3600) faults.push('it does not ask for TLS for a year');
    if (method === 'HEAD' && text !== '') faults.push('HEAD has a body');
    if (method === 'HEAD') return faults;

    const mediaType = (headers['content-type'] ?? '').split(';', 1)[0] ?? '';
    if (status >= 400) {
      if (mediaType !== 'application/problem+json') faults.push(`a problem is of type ${mediaType}`);
      faults.push(...validate(['components', 'schemas', 'Problem'], body));
      const { type, status: reported, code } = body as { type?: string; status?: number; code?: string };
      if (reported !== status) faults.push(`the problem has the status ${reported}`);
      if (type !== `urn:mentorship:problem:${code}`) faults.push(`${type} is not the URN of ${code}`);
      if (leak.test(text)) faults.push('it leaks internals of the service');
    }

    const template = templateOf(document, url);
    const operation = template && document.paths[template]?.[method.toLowerCase()];
    if (!operation) return status >= 400 || !url.startsWith('/api') ? faults : [...faults, 'there is no such route'];
    const described = operation.responses[status];
    if (!described) return [...faults, `this status is not documented`];
    const types = Object.keys(described.content ?? {});
    if (types.length === 0 && text !== '') faults.push('it should have no body');
    if (types.length > 0 && !types.includes(mediaType)) faults.push(`its type ${mediaType} is not documented`);
    else if (types.length > 0) {
      const place = ['paths', template, method.toLowerCase(), 'responses', String(status), 'content', mediaType];
      faults.push(...validate([...place, 'schema'], body));
    }
    for (const name of ['location', 'link', 'allow', 'etag'])
      if (name in headers && status < 400 && !headerNames(described).includes(name))
        faults.push(`the header ${name} is not documented`);
    return faults;
  };

  return (method: string, url: string, answer: Answer): void => {
    const faults = faultsOf(method, url, answer);
    if (faults.length > 0)
      throw new Error(
        `${method} ${url.slice(0, 200)} -> ${answer.status}: ${faults.join('; ')}\n${answer.text.slice(0, 2000)}`,
      );
  };
};

const headerNames = ({ headers = {} }: Described): string[] => Object.keys(headers).map((name) => name.toLowerCase());
