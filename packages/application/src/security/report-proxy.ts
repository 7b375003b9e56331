import { fromSeconds, type Seconds } from '@mentorship/domain';
import type { Ports } from '../ports/index.ts';

/** How long the operator can read a report, in seconds. */
const readable: Seconds = 24 * 60 * 60;

/**
 * A proxy behind which all clients count as one address: `untrusted` when no setting names it, `silent` when it is
 * trusted but states no client's address.
 */
export interface ProxyReport {
  readonly fault: 'untrusted' | 'silent';
  readonly address: string;
}

/** The keys of reports among the counts of attempts begin with this. */
export const proxyReportPrefix = 'proxy:';

const proxyReportKey = ({ fault, address }: ProxyReport): string => `${proxyReportPrefix}${fault}:${address}`;

export const parseProxyReportKey = (key: string): ProxyReport => {
  const [, fault = '', ...address] = key.split(':');
  return { fault: fault === 'silent' ? fault : 'untrusted', address: address.join(':') };
};

/** Keeps a report for the operator. It expires like a count of attempts. */
export const reportProxy =
  ({ storage, clock }: Pick<Ports, 'storage' | 'clock'>) =>
  async (report: ProxyReport): Promise<void> => {
    const now = clock.now();
    const until = now + fromSeconds(readable);
    await storage.atomically(({ attempts }) => attempts.raise([{ key: proxyReportKey(report), by: 1, until }], now));
  };
