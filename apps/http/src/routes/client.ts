import { isIPv4 } from 'node:net';
import type { Client } from '@mentorship/domain';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import ipaddr from 'ipaddr.js';

/** As much of a User-Agent as is kept, in characters. */
const longestUserAgent = 256;

/** Where the request comes from, by the proxies that are believed (`TRUST_PROXY`). */
export const clientOf = ({ ip, socket, headers }: FastifyRequest): Client => {
  // What a proxy says may be no address at all; then its own must do.
  const address = [ip, socket.remoteAddress].find(
    (text) => text !== undefined && (isIPv4(text) || ipaddr.isValid(text)),
  );
  return {
    ...(address === undefined ? { ip: null, network: null } : inForms(address)),
    userAgent: headers['user-agent']?.slice(0, longestUserAgent) ?? null,
  };
};

/** An IPv6 host has a whole /64 to send from (RFC 4291, section 2.5.4); an IPv4 address may come written as IPv6. */
const inForms = (text: string): Pick<Client, 'ip' | 'network'> => {
  // It has one spelling alone; to read it and write it anew takes 8 µs of each request that is noted.
  if (isIPv4(text)) return { ip: text, network: text };
  const address = ipaddr.process(text);
  const ip = address.toString();
  if (!(address instanceof ipaddr.IPv6)) return { ip, network: ip };
  const network = new ipaddr.IPv6([...address.parts.slice(0, 4), 0, 0, 0, 0]);
  return { ip, network: `${network.toString()}/64` };
};

/** Says once that a proxy seems to stand before us which nobody has told us to believe: all its clients count as one. */
export const warnOfUnknownProxy = (app: FastifyInstance, trusted: readonly string[]): void => {
  let warned = trusted.length > 0;
  if (warned) return;
  app.addHook('onRequest', ({ headers, ip, log }, _reply, done) => {
    done();
    if (warned || headers['x-forwarded-for'] === undefined) return;
    warned = true;
    log.warn(
      { ip },
      'A request was forwarded by an address that is not in TRUST_PROXY. If it is your proxy, name it there.',
    );
  });
};
