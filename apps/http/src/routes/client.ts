import { addressForms } from '@mentorship/adapters/environment';
import type { Client } from '@mentorship/domain';
import type { FastifyRequest } from 'fastify';

/** How many characters of a User-Agent are kept. */
const maxUserAgentLength = 256;

/** The client that sent the request, as the proxies of `TRUST_PROXY` report it. */
export const clientOf = ({ ip, socket, headers }: FastifyRequest): Client => ({
  // A proxy may report text that is not an address. Then its own address counts.
  ...(addressForms(ip) ?? addressForms(socket.remoteAddress ?? '') ?? { ip: null, network: null }),
  userAgent: headers['user-agent']?.slice(0, maxUserAgentLength) ?? null,
});
