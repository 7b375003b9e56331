import { isIPv4 } from 'node:net';
import type { Client } from '@mentorship/domain';
import type { FastifyRequest } from 'fastify';
import ipaddr from 'ipaddr.js';

/** How many characters of a User-Agent are kept. */
const maxUserAgentLength = 256;

/** The client that sent the request, as the proxies of `TRUST_PROXY` report it. */
export const clientOf = ({ ip, socket, headers }: FastifyRequest): Client => {
  // A proxy may report text that is not an address. Then its own address counts.
  const address = [ip, socket.remoteAddress].find(
    (text) => text !== undefined && (isIPv4(text) || ipaddr.isValid(text)),
  );
  return {
    ...(address === undefined ? { ip: null, network: null } : addressForms(address)),
    userAgent: headers['user-agent']?.slice(0, maxUserAgentLength) ?? null,
  };
};

/** A host can use a whole /64 of IPv6 (RFC 4291, section 2.5.4). An IPv4 address may be written as IPv6. */
const addressForms = (text: string): Pick<Client, 'ip' | 'network'> => {
  // IPv4 has only one spelling. Parsing and formatting it would take 8 µs per request.
  if (isIPv4(text)) return { ip: text, network: text };
  const address = ipaddr.process(text);
  const ip = address.toString();
  if (!(address instanceof ipaddr.IPv6)) return { ip, network: ip };
  // A NAT64 in front of the service puts all of IPv4 into one network (RFC 6052).
  if (address.range() === 'rfc6052')
    return addressForms(ipaddr.fromByteArray(address.toByteArray().slice(-4)).toString());
  const network = new ipaddr.IPv6([...address.parts.slice(0, 4), 0, 0, 0, 0]);
  return { ip, network: `${network.toString()}/64` };
};
