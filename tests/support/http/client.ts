import type { FastifyInstance, InjectOptions } from 'fastify';
import { answerChecker, type Answer, type Api } from './openapi.ts';

export type Tokens = { refresh: string; access: string };
export type Method = 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE' | 'OPTIONS';

export type Call = {
  /** Goes into the Authorization header. */
  token?: string;
  /** Sent as JSON. */
  body?: unknown;
  /** Sent unchanged, as JSON unless the headers have another type. */
  payload?: string | Buffer;
  headers?: Record<string, string>;
  /** The address of the client; by default this machine's. */
  from?: string;
};

export type Account = Tokens & { id: number; username: string; password: string };

export type Client = {
  document: Api;
  call(method: Method, url: string, call?: Call): Promise<Answer>;
  /** Like `call`, without the check against the document: for responses that it does not describe on purpose. */
  unchecked(method: Method, url: string, call?: Call): Promise<Answer>;
  logIn(username: string, password?: string): Promise<Tokens>;
  /** Registers and logs in. */
  join(username: string, details?: Record<string, unknown>): Promise<Account>;
};

/** The password of every user, unless a test is about passwords. */
export const password = '12345678';

const bearer = (token: string) => ({ authorization: `Bearer ${token}` });

/** A client that checks every response against the service's own OpenAPI document. */
export const createClient = async (app: FastifyInstance): Promise<Client> => {
  const document = (await app.inject('/openapi.json')).json<Api>();
  const check = answerChecker(document);

  const unchecked = async (method: Method, url: string, { token, body, payload, headers, from }: Call = {}) => {
    const sent = payload ?? (body === undefined ? undefined : JSON.stringify(body));
    const options: InjectOptions = {
      method,
      url,
      headers: {
        ...(sent !== undefined && { 'content-type': 'application/json' }),
        ...(token !== undefined && bearer(token)),
        ...headers,
      },
      ...(sent !== undefined && { payload: sent }),
      ...(from !== undefined && { remoteAddress: from }),
    };
    const { statusCode: status, headers: received, payload: text } = await app.inject(options);
    const flat = Object.fromEntries(Object.entries(received).map(([name, value]) => [name, [value].flat().join(', ')]));
    const isJson = /\bjson\b/.test(flat['content-type'] ?? '') && text !== '';
    return { status, headers: flat, text, body: isJson ? (JSON.parse(text) as unknown) : undefined };
  };
  const call: Client['call'] = async (method, url, options) => {
    const answer = await unchecked(method, url, options);
    check(method, url, answer);
    return answer;
  };
  const expecting = async (status: number, answer: Promise<Answer>) => {
    const { status: was, text, body } = await answer;
    if (was !== status) throw new Error(`${was} instead of ${status}: ${text}`);
    return body;
  };
  const logIn = async (username: string, secret = password) =>
    (await expecting(200, call('POST', '/api/login', { body: { username, password: secret } }))) as Tokens;

  return {
    document,
    call,
    unchecked,
    logIn,
    async join(username, details = {}) {
      const body = { username, password, ...details };
      const user = (await expecting(201, call('POST', '/api/registration', { body }))) as Account;
      return { ...user, password: body.password, ...(await logIn(username, body.password)) };
    },
  };
};
