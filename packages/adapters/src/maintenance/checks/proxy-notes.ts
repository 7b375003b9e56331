import { parseProxyReportKey, proxyReportPrefix } from '@mentorship/application';
import { sql } from 'kysely';
import { exposureWarning, explainProxy, inNetworks, isPrivate, type proxySettings } from '../../environment/index.ts';
import type { Values } from '../../environment/settings.ts';
import { toTimestamp } from '../../kysely/schema/timestamp.ts';
import type { Archive } from '../archive/archive.ts';
import { openArchive } from '../archive/open-archive.ts';

type ProxySettings = Values<typeof proxySettings>;

/** This many users at one private address are more than a trial. */
const manyUsers = 10;

/** How many proxies are reported. */
const maxReported = 16;

/**
 * Returns what hints at a proxy behind which all clients count as one address: a line each. It is no fault of the store,
 * and may be right: the users of one machine do have one address.
 */
export const noteProxies = async (url: string, settings: ProxySettings): Promise<string[]> => {
  await using archive = openArchive(url);
  await archive.snapshot();
  const warning = exposureWarning(settings);
  return [
    ...(warning === null ? [] : [warning]),
    ...(await reportedProxies(archive, settings)),
    ...(await onlyNetwork(archive)),
  ];
};

/** What the service has reported within a day, unless the settings have been mended since. */
const reportedProxies = async ({ db }: Archive, { TRUST_PROXY: trusted }: ProxySettings): Promise<string[]> => {
  const rows = await db
    .selectFrom('attempt_counts')
    .select('key')
    .where('key', 'like', `${proxyReportPrefix}%`)
    .where('until', '>', toTimestamp(Date.now()))
    .orderBy('key')
    .limit(maxReported)
    .execute();
  const isTrusted = inNetworks(trusted);
  return rows
    .map(({ key }) => parseProxyReportKey(key))
    .filter(({ fault, address }) => isPrivate(address) && isTrusted(address) === (fault === 'silent'))
    .map((proxy) => explainProxy(proxy, trusted));
};

const onlyNetwork = async ({ db }: Archive): Promise<string[]> => {
  const { rows } = await sql<{ users: number | string; first: string | null; last: string | null }>`
    select count(*) as users, min(network) as first, max(network) as last from user_networks`.execute(db);
  const { users = 0, first = null, last = null } = rows[0] ?? {};
  if (Number(users) < manyUsers || first === null || first !== last || !isPrivate(first)) return [];
  return [
    `All ${users} users are known from ${first} alone, a private address. If they were elsewhere, a proxy hides their addresses: let it set X-Forwarded-For, and name it in TRUST_PROXY.`,
  ];
};
