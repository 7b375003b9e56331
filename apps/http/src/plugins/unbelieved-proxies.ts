import { isIP } from 'node:net';
import { explainProxy, isPrivate } from '@mentorship/adapters/environment';
import type { ProxyReport } from '@mentorship/application';
import proxyAddr from '@fastify/proxy-addr';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { clientOf } from '../routes/client.ts';

/** The headers in which proxies state the address of the client. */
const forwardingHeaders = ['x-forwarded-for', 'forwarded', 'x-real-ip'] as const;

/** How many proxies are reported. Requests of further ones are counted only. */
const maxReported = 16;

/** How often the same proxy is reported to the store, in milliseconds. */
const reportEveryMs = 60 * 60 * 1000;

/**
 * Returns the loopback or private address that a request counts under although a proxy at that address has forwarded it;
 * null for any other request. A client on the internet can pretend to forward, so that its address says nothing.
 */
export const unbelievedProxy = (request: FastifyRequest): string | null => {
  const { headers, ip, ips = [] } = request;
  if (forwardingHeaders.every((name) => headers[name] === undefined)) return null;
  const address = clientOf(request).ip?.replace(/%.*/s, '') ?? '';
  if (!isPrivate(address)) return null;
  const stated = headers['x-forwarded-for'];
  const hops = stated === undefined ? 0 : String(stated).split(',').length;
  // The first of them is the connection's own.
  const believed = ips.length - 1;
  return hops > 0 && believed >= hops && isIP(ip) !== 0 ? null : address;
};

/** Says once for each proxy, in the log and in the store, that all its clients count as one address. */
export const reportUnbelievedProxies = (
  app: FastifyInstance,
  trusted: readonly string[],
  report: (proxy: ProxyReport) => Promise<void>,
): void => {
  const isTrusted = proxyAddr.compile([...trusted]);
  const reported = new Map<string, number>();
  app.addHook('onRequest', (request, _reply, done) => {
    done();
    const address = unbelievedProxy(request);
    if (address === null) return;
    const last = reported.get(address);
    if (last === undefined ? reported.size >= maxReported : performance.now() - last < reportEveryMs) return;
    reported.set(address, performance.now());
    const proxy: ProxyReport = { fault: isTrusted(address, 0) ? 'silent' : 'untrusted', address };
    if (last === undefined) request.log.warn({ proxy: address }, explainProxy(proxy, trusted));
    // Without the store there is a report within the hour.
    void report(proxy).catch(() => {});
  });
};
