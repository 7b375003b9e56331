import { Agent, request } from 'node:http';
import { json } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import { password, type Tokens } from '../../tests/support/processes/service.ts';

/** One request: its type, connection and outcome, and its time by `performance.now()`. */
export type Sent = {
  type: string;
  connection: 'kept alive' | 'fresh';
  /** The status, or the error. */
  outcome: string;
  expected: boolean;
  sentAt: number;
  took: number;
};

type Body = Tokens & { id: number; phone: string; code?: string };

/** The writes that the service acknowledged to a client. */
export type Acknowledged = { username: string; phone: string; registered: string[]; cancelled: number[] };

export type RollingClient = { acknowledged: Acknowledged; run(over: AbortSignal): Promise<void> };

/** The pause between two requests of a client, in milliseconds. */
const pause = 20;

/** A logged-in client that sends all types of requests, one after another, without retries. */
export const rollingClient = (
  url: string,
  {
    username,
    mentor,
    keepAlive,
    note,
  }: { username: string; mentor: string; keepAlive: boolean; note(sent: Sent): void },
): RollingClient => {
  const agent = new Agent({ keepAlive, maxSockets: 1 });
  const acknowledged: Acknowledged = { username, phone: '', registered: [], cancelled: [] };
  let tokens: Tokens = { access: '', refresh: '' };
  let [step, mayBeOpen] = [0, false];

  const send = async (type: string, status: number, route: string, body?: unknown): Promise<Body | undefined> => {
    const sentAt = performance.now();
    const answer = await exchange(url, agent, route, tokens.access, body).catch((error: unknown) => ({
      status: `failed: ${(error as NodeJS.ErrnoException).code ?? String(error)}`,
      body: undefined,
    }));
    const took = performance.now() - sentAt;
    const expected = answer.status === status;
    note({
      type,
      connection: keepAlive ? 'kept alive' : 'fresh',
      outcome: `${answer.status} ${answer.body?.code ?? ''}`.trim(),
      expected,
      sentAt,
      took,
    });
    await delay(pause);
    return expected ? answer.body : undefined;
  };
  const logIn = async () => {
    tokens = (await send('POST login', 200, 'POST /api/login', { username, password })) ?? tokens;
  };
  const read = () => send('GET own profile', 200, 'GET /api/users/me');
  const list = () => send('GET list of users', 200, 'GET /api/users?limit=20');
  const refresh = async () => {
    const { refresh: token } = tokens;
    const refreshed = await send('POST refresh', 200, 'POST /api/token/refresh', { refresh: token });
    tokens = { ...tokens, ...refreshed };
  };
  const write = async () => {
    const body = { phone: `${100_000 + step}` };
    acknowledged.phone = (await send('PATCH phone', 200, 'PATCH /api/users/me', body))?.phone ?? acknowledged.phone;
  };
  const requestAndCancel = async () => {
    // After a failure a request may be open, which would refuse every other.
    if (mayBeOpen) return;
    mayBeOpen = true;
    const requested = await send('POST request for a mentorship', 201, 'POST /api/mentorships', { mentor });
    if (!requested) return;
    const status = { status: 'cancelled' };
    const answer = await send('PATCH request, cancelled', 200, `PATCH /api/mentorships/${requested.id}`, status);
    if (!answer) return;
    acknowledged.cancelled.push(requested.id);
    mayBeOpen = false;
  };
  const register = async () => {
    const name = `${username}-${step}`;
    const body = { username: name, password };
    if (await send('POST registration', 201, 'POST /api/registration', body)) acknowledged.registered.push(name);
  };
  const logOut = async () => {
    await send('POST logout', 205, 'POST /api/logout', { refresh: tokens.refresh });
    await logIn();
  };

  const steps = [
    read,
    write,
    list,
    refresh,
    read,
    write,
    logOut,
    read,
    write,
    requestAndCancel,
    list,
    refresh,
    write,
    read,
    register,
  ];
  return {
    acknowledged,
    async run(over) {
      await logIn();
      for (; !over.aborted; step++) await steps[step % steps.length]?.();
      agent.destroy();
    },
  };
};

const exchange = async (url: string, agent: Agent, route: string, token: string, body: unknown) => {
  const [method = '', path = ''] = route.split(' ');
  const text = body === undefined ? '' : JSON.stringify(body);
  const headers = {
    authorization: `Bearer ${token}`,
    ...(text && { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) }),
  };
  const sending = request(new URL(path, url), { method, headers, agent });
  const { promise, resolve, reject } = Promise.withResolvers<{ status: number; body: Body | undefined }>();
  sending.on('error', reject).on('response', (response) => {
    const status = response.statusCode ?? 0;
    const isJson = response.headers['content-type']?.includes('json') ?? false;
    const read = isJson ? (json(response) as Promise<Body>) : response.resume().toArray();
    read.then((content) => resolve({ status, body: Array.isArray(content) ? undefined : content }), reject);
  });
  sending.end(text);
  return promise;
};
