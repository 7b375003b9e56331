import type { ProxyReport } from '@mentorship/application';
import { isLoopback } from './private-addresses.ts';

/** Says what to set so that the clients of a proxy count by their own addresses. */
export const explainProxy = ({ fault, address }: ProxyReport, trusted: readonly string[]): string =>
  fault === 'untrusted'
    ? `${address} has forwarded requests, but TRUST_PROXY does not name it: all its clients count as one address. If it is your proxy, set TRUST_PROXY=${[...trusted, address].join(',')}.`
    : `The proxy ${address} has forwarded requests without the client's address in X-Forwarded-For: all its clients count as one address. Let it set that header (nginx: proxy_set_header X-Forwarded-For $remote_addr).`;

/** What to know about a service that other machines reach while it believes no proxy; null for any other. */
export const exposureWarning = ({
  HOST: host,
  TRUST_PROXY: trusted,
}: {
  readonly HOST: string;
  readonly TRUST_PROXY: readonly string[];
}): string | null =>
  host === 'localhost' || isLoopback(host) || trusted.length > 0
    ? null
    : `HOST is ${host} and TRUST_PROXY is none. If a proxy forwards requests, set TRUST_PROXY to its address: otherwise all clients count as one address, and one of them can use up the login limits of all.`;
