import type { FastifyInstance, FastifyRequest } from 'fastify';
import { isPreflight } from './cors.ts';
import { transportProblems } from '../problems/transport-problems.ts';
import type { Problem } from '../problems/problem.ts';
import { sendProblem } from '../problems/error-handler.ts';

/** Whether no route has this URL and method. The CORS plugin adds a route `*` for preflights, which does not count. */
export const isUnknown = (request: FastifyRequest): boolean =>
  request.is404 || (request.method === 'OPTIONS' && request.routeOptions.url === '*');

/** Answers 404 for unknown URLs and 405 for methods that the URL does not support, before it reads a body. */
export const rejectUnknownRoutes = (app: FastifyInstance, notFound: Problem = transportProblems.not_found): void => {
  const routes: { readonly url: string; readonly pattern: RegExp; readonly methods: readonly string[] }[] = [];
  app.addHook('onRoute', ({ url, method }) => {
    if (url !== '*') routes.push({ url, pattern: patternOf(url), methods: [method].flat() });
  });

  app.addHook('onRequest', (request, reply, done) => {
    if (!isUnknown(request)) return done();
    // As the router does: %2F does not separate segments.
    const path = decodeURI(request.url.split('?', 1)[0] ?? '');
    const matching = routes.filter(({ pattern }) => pattern.test(path));
    const literal = matching.filter(({ url }) => !url.includes(':'));
    const methods = new Set((literal.length > 0 ? literal : matching).flatMap((route) => route.methods));
    if (methods.size === 0) return sendProblem(reply, notFound);
    const problem = isPreflight(request) ? transportProblems.origin_not_allowed : transportProblems.method_not_allowed;
    return sendProblem(reply, { ...problem, headers: { allow: [...methods].join(', ') } });
  });
};

/** Matches the paths of a route: `:id` is any one segment, and a trailing slash is allowed. */
const patternOf = (url: string): RegExp => {
  const segments = url.split('/').map((segment) => (segment.startsWith(':') ? '[^/]+' : RegExp.escape(segment)));
  return new RegExp(`^${segments.join('/')}/?$`);
};
