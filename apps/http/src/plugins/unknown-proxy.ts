import type { FastifyInstance } from 'fastify';

/** Logs a warning, once, if a proxy seems to forward requests and `TRUST_PROXY` is `none`: all clients then count as one. */
export const warnOfUnknownProxy = (app: FastifyInstance, trustedProxies: readonly string[]): void => {
  let warned = trustedProxies.length > 0;
  if (warned) return;
  app.addHook('onRequest', ({ headers, ip, log }, _reply, done) => {
    done();
    if (warned || headers['x-forwarded-for'] === undefined) return;
    warned = true;
    log.warn(
      { ip },
      'A request was forwarded by an address that is not in TRUST_PROXY. If it is your proxy, add it to TRUST_PROXY.',
    );
  });
};
