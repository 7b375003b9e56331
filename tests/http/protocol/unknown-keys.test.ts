import { randomBytes } from 'node:crypto';
import { Client } from 'pg';
import { expect, test } from 'vitest';
import type { Method } from '../../support/http/client.ts';
import { foreignKey, readToken, signWith } from '../../support/http/forge.ts';
import { securedOperationsOf } from '../../support/http/openapi.ts';
import { startService } from '../../support/http/service.ts';
import { createPostgresDatabase } from '../../support/processes/postgres.ts';

/** Unique well-formed key ids, and as many malformed ones of every type. */
const kids = (at: number): unknown[] => [
  randomBytes(32).toString('base64url'),
  randomBytes(32).toString('hex'),
  `${at}`,
  at,
  [`kid-${at}`],
  { kid: at },
  `../../keys/${at}`,
  `' OR id = ${at} --`,
  `\u0000${at}`,
  '',
];
const rounds = 500;

/** The number of scans of each table, from PostgreSQL's own statistics. */
const scansOf = async (url: string): Promise<Record<string, number>> => {
  const inside = new Client({ connectionString: url });
  await inside.connect();
  const others = `select 1 from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()`;
  // A connection reports its statistics at its end.
  await expect.poll(async () => (await inside.query(others)).rows, { timeout: 20_000 }).toEqual([]);
  const { rows } = await inside.query<{ relname: string; scans: string }>(
    'select relname, seq_scan + coalesce(idx_scan, 0) as scans from pg_stat_user_tables',
  );
  await inside.end();
  return Object.fromEntries(rows.map(({ relname, scans }) => [relname, Number(scans)]));
};

test('five thousand invented key ids cause no query each on postgres, and change no session', async () => {
  const database = await createPostgresDatabase();
  const { api, stop } = await startService({ settings: { DATABASE_URL: database.url } });
  const john = await api.join('john');
  const { header, claims } = readToken(john.access);
  const session = claims['sid'] as string;
  const { privateKey } = foreignKey();
  const guarded = securedOperationsOf(api.document).map(({ method, path }) => ({
    method: method as Method,
    url: path.replace('{id}', session),
  }));
  expect(guarded.length).toBeGreaterThanOrEqual(10);

  for (let round = 0; round < rounds; round += 10) {
    const batch = Array.from({ length: 10 }, (_, at) => kids(round + at)).flat();
    const answers = await Promise.all(
      batch.map((kid, at) => {
        const { method, url } = guarded[(at + Math.floor(at / 10)) % guarded.length]!;
        return api.call(method, url, { token: signWith(privateKey, { ...header, kid }, claims), payload: '{' });
      }),
    );
    for (const answer of answers) expect(answer).toMatchObject({ status: 401, body: { code: 'token_not_valid' } });
  }
  expect(await api.call('GET', '/api/sessions', { token: john.access })).toMatchObject({
    status: 200,
    body: [{ id: session }],
  });
  await stop();

  // Only the scans of the background poll (keys and the counter) grow with time.
  const { signing_keys: keys, session_end_counter: _, ...rest } = await scansOf(database.url);
  expect(keys).toBeLessThan((rounds * kids(0).length) / 5);
  for (const [table, scans] of Object.entries(rest))
    expect({ table, many: scans > 100 }).toEqual({ table, many: false });
  await database.drop();
}, 120_000);
