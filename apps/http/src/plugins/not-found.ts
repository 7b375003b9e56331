import type { FastifyInstance, FastifyRequest } from 'fastify';
import { edgeProblems } from '../problems/transport-problems.ts';
import type { Problem } from '../problems/problem.ts';
import { sendProblem } from '../problems/error-handler.ts';

/** Whether no route of ours has this URL and method; `*` is the one through which preflights are seen. */
export const isUnknown = (request: FastifyRequest): boolean =>
  request.is404 || (request.method === 'OPTIONS' && request.routeOptions.url === '*');

/** Answers URLs that are not there with 404, and methods that a URL does not have with 405, before any body is read. */
export const refuseUnknownRoutes = (app: FastifyInstance, notFound: Problem = edgeProblems.not_found): void => {
  const routes: { readonly url: string; readonly pattern: RegExp; readonly methods: readonly string[] }[] = [];
  app.addHook('onRoute', ({ url, method }) => {
    if (url !== '*') routes.push({ url, pattern: patternOf(url), methods: [method].flat() });
  });

  app.addHook('onRequest', (request, reply, done) => {
    if (!isUnknown(request)) return done();
    const path = decoded(request.url.split('?', 1)[0] ?? '');
    const found = routes.filter(({ pattern }) => pattern.test(path));
    const literal = found.filter(({ url }) => !url.includes(':'));
    const methods = new Set((literal.length > 0 ? literal : found).flatMap((route) => route.methods));
    if (methods.size === 0) return sendProblem(reply, notFound);
    return sendProblem(reply, { ...edgeProblems.method_not_allowed, headers: { allow: [...methods].join(', ') } });
  });
};

/** As the router reads it; a / that is written %2F divides nothing. */
const decoded = (path: string): string => decodeURI(path);

/** The paths that a route's URL stands for: `:id` is any one part, and a trailing slash is tolerated. */
const patternOf = (url: string): RegExp => {
  const parts = url.split('/').map((part) => (part.startsWith(':') ? '[^/]+' : RegExp.escape(part)));
  return new RegExp(`^${parts.join('/')}/?$`);
};
