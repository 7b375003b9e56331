import type { FastifyInstance } from 'fastify';
import { edgeProblems } from './edge-problems.ts';
import { sendProblem } from './send-problem.ts';

/** Answers URLs that are not there with 404, and methods that a URL does not have with 405, before any body is read. */
export const refuseUnknownRoutes = (app: FastifyInstance): void => {
  const routes: { readonly pattern: RegExp; readonly methods: Set<string> }[] = [];

  app.addHook('onRoute', ({ url, method }) => {
    const pattern = new RegExp(
      `^${RegExp.escape(url)
        .replace(/(?<=\/):[^/]+/g, '[^/]+')
        .replace(/\/?$/, '/?')}$`,
    );
    const known = routes.find((route) => route.pattern.source === pattern.source);
    const { methods } = known ?? { methods: new Set<string>() };
    for (const each of [method].flat()) methods.add(each);
    if (!known) routes.push({ pattern, methods });
  });

  app.addHook('onRequest', async (request, reply) => {
    if (!request.is404) return;
    const path = request.url.split('?', 1)[0] ?? '';
    const methods = routes.filter(({ pattern }) => pattern.test(path)).flatMap((route) => [...route.methods]);
    if (methods.length === 0) return sendProblem(reply, edgeProblems.not_found);
    return sendProblem(reply, { ...edgeProblems.method_not_allowed, headers: { allow: methods.join(', ') } });
  });
};
