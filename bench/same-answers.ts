import type { Request } from './client.ts';
import type { Round, Route } from './routes.ts';
import { type Program, programs, type Server } from './servers.ts';

/** A program that does less is faster: all must return the same response, except for ids, dates and the like. */
export const requireSameAnswers = async (
  route: Route,
  servers: Record<Program, Server>,
  nextRound: (route: Route) => Promise<Round>,
): Promise<void> => {
  const answers = new Map<Program, string>();
  for (const program of programs) {
    const [request] = route.requests(await nextRound(route)).slice(-1);
    if (request) answers.set(program, await ask(servers[program].url, request));
  }
  const [first, ...others] = answers.values();
  if (others.some((answer) => answer !== first))
    throw new Error(`${route.name} has different responses:\n${JSON.stringify([...answers], null, 1)}`);
};

const ask = async (url: string, { method, path, token, body }: Request): Promise<string> => {
  const response = await fetch(new URL(path, url), {
    method,
    headers: {
      ...(token && { authorization: `Bearer ${token}` }),
      ...(body && { 'content-type': 'application/json' }),
    },
    ...(body && { body: JSON.stringify(body) }),
  });
  const headers = [...response.headers]
    .filter(([name]) => !['date', 'x-request-id', 'content-length'].includes(name))
    // A hash of a body whose id differs.
    .map(([name, value]) => [name, name === 'etag' ? '…' : value]);
  const text = JSON.stringify({ status: response.status, headers, body: await response.text() });
  if (!response.ok) throw new Error(`${method} ${path} was refused: ${text}`);
  // Ids, names and phones differ in each round.
  return text.replaceAll(/new-\d+|\/api\/users\/\d+|\\"id\\":\d+|\+7\d{10}|User-\d+/g, '…');
};
