import { Counter, type Registry } from '@prometheus-io/client';
import type { FastifyInstance } from 'fastify';
import { unbelievedProxy } from '../plugins/unbelieved-proxies.ts';

/** Counts the requests of proxies whose clients count as one address. */
export const measureProxies = (app: FastifyInstance, registry: Registry): void => {
  const requests = new Counter({
    name: 'mentorship_unbelieved_forwards_total',
    help: 'Requests that a proxy at a loopback or private address has forwarded, and that count under its own address.',
    registers: [registry],
  });
  app.addHook('onRequest', async (request) => {
    if (unbelievedProxy(request) !== null) requests.inc();
  });
};
