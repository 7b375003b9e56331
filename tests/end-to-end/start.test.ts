import { once } from 'node:events';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { Client } from 'pg';
import { describe, expect, inject, test, vi } from 'vitest';
import { foreignDatabases, makeForeign } from '../support/store/foreign-databases.ts';
import { rowsOf, schemaOf } from '../support/store/releases.ts';
import {
  call,
  createDatabase,
  lastingStores,
  launch,
  logIn,
  register,
  startService,
  stores,
} from '../support/processes/service.ts';
import { databaseAt } from '../support/store/stores.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

vi.setConfig({ testTimeout: 120_000 });

describe.each(lastingStores)('eight processes started at once on an empty database on %s', (store) => {
  test('all start and serve', async () => {
    await using database = await createDatabase(store);
    await using processes = new AsyncDisposableStack();
    const launched = Array.from({ length: 8 }, () => processes.use(launch({ DATABASE_URL: database.url })));
    const urls = await Promise.all(launched.map(({ listening }) => listening));
    expect(new Set(urls).size).toBe(8);

    const registered = await Promise.all(urls.map((url, at) => register(url, `user-${at}`)));
    expect(registered.map(({ status }) => status)).toEqual(urls.map(() => 201));
    for (const [at, url] of urls.entries()) {
      const { access } = await logIn(url, `user-${(at + 1) % 8}`);
      expect((await call<object[]>(url, 'GET /api/users', { token: access })).body).toHaveLength(8);
    }
  });
});

describe.each(stores)('the banner on %s', (store) => {
  test('shows the URLs of the service and its reference, and how to register', async () => {
    await using database = await createDatabase(store);
    await using service = await startService({ DATABASE_URL: database.url });
    const banner = await vi.waitFor(() => {
      expect(service.output.stderr).toMatch(/curl .*\n/);
      return service.output.stderr;
    });
    expect(banner).toContain(`${service.url}/docs\n`);
    expect((await fetch(`${service.url}/docs`)).status).toBe(200);
    const [url, request] = parseCurl(/curl .*/.exec(banner)?.[0] ?? '');
    expect((await fetch(url, request)).status).toBe(201);
  });
});

/** Parses a curl command. Spaces separate words, except within single quotes. */
const parseCurl = (
  line: string,
): [url: string, request: { method: string; headers: [string, string][]; body?: string }] => {
  const words = [...line.matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain ?? '');
  expect(words.shift()).toBe('curl');
  const request: ReturnType<typeof parseCurl>[1] = { method: 'GET', headers: [] };
  let url = '';
  for (let word = words.shift(); word !== undefined; word = words.shift()) {
    if (word === '-H') request.headers.push((words.shift() ?? '').split(': ') as [string, string]);
    else if (word === '-d') Object.assign(request, { method: 'POST', body: words.shift() });
    else if (word !== '-i') url = word;
  }
  return [url, request];
};

describe('the environment', () => {
  test.each(['127.0.0.1', 'localhost', '0.0.0.0'])('HOST=%s: the service responds at the printed URL', async (HOST) => {
    await using service = await startService({ DATABASE_URL: 'memory:', HOST });
    expect(await call(service.url, 'GET /healthz')).toMatchObject({ status: 200 });
  });

  test('PORT', async () => {
    await using first = await startService({ DATABASE_URL: 'memory:' });
    const { port } = new URL(first.url);
    await first.stop();
    await using second = await startService({ DATABASE_URL: 'memory:', PORT: port });
    expect(new URL(second.url).port).toBe(port);
  });

  test('without settings the SQLite file is created in the working directory', async () => {
    const folder = temporaryFolder();
    await using _cleanup = { [Symbol.asyncDispose]: async () => folder.remove() };
    await using service = await startService({}, { folder: folder.path });
    expect((await register(service.url, 'john')).status).toBe(201);
    expect(existsSync(join(folder.path, 'data', 'mentorship.sqlite'))).toBe(true);
  });

  test('reads .env, but environment variables take precedence', async () => {
    const folder = temporaryFolder();
    await using _cleanup = { [Symbol.asyncDispose]: async () => folder.remove() };
    writeFileSync(join(folder.path, '.env'), 'ACCESS_TOKEN_LIFETIME=5m\nDATABASE_URL=nonsense\n');
    await using service = await startService({ DATABASE_URL: 'memory:' }, { folder: folder.path });
    await register(service.url, 'john');
    const { access } = await logIn(service.url, 'john');
    const { iat, exp } = JSON.parse(atob(access.split('.')[1] ?? '')) as { iat: number; exp: number };
    expect(exp - iat).toBe(300);
  });
});

test('a PostgreSQL role that may not create tables starts on a schema that is up to date', async () => {
  await using database = await createDatabase('postgres');
  await using first = await startService({ DATABASE_URL: database.url });
  await first.stop();
  const client = new Client({ connectionString: database.url });
  await client.connect();
  const role = `limited_${new URL(database.url).pathname.slice(-8)}`;
  await client.query(`CREATE ROLE ${role} LOGIN PASSWORD 'limited'`);
  await client.query(`GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO ${role}`);
  await client.query(`GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO ${role}`);
  try {
    const url = Object.assign(new URL(database.url), { username: role, password: 'limited' }).href;
    await using service = await startService({ DATABASE_URL: url });
    expect((await register(service.url, 'john')).status).toBe(201);
    await service.stop();
  } finally {
    await client.query(`DROP OWNED BY ${role}`);
    await client.query(`DROP ROLE ${role}`);
    await client.end();
  }
});

describe('the service does not start', () => {
  const secret = 'pa55word-of-the-url';

  /** Expects one line with these parts, on standard error only. */
  const expectFailedStart = async (environment: Record<string, string>, ...parts: (string | RegExp)[]) => {
    await using launched = launch(environment);
    const { code, stdout, stderr } = await launched.ended;
    expect({ code, stdout, stderr }).toEqual({
      code: 1,
      stdout: '',
      stderr: expect.stringMatching(/^Cannot start: .+\n$/),
    });
    for (const part of parts) expect(stderr).toMatch(part);
    expect(stderr).not.toContain(secret);
    expect(stderr).not.toMatch(/\bat .*\.ts|node:internal|node_modules/);
  };

  test.each([
    ['DATABASE_URL', `mysql://root:${secret}@localhost/mentorship`],
    ['DATABASE_URL', `postgres://root:${secret}@localhost:port/mentorship`],
    ['DATABASE_URL', `postgres://root:${secret}%zz@localhost/mentorship`],
    ['DATABASE_URL', 'mentorship.sqlite'],
    ['PORT', 'http'],
    ['HOST', '203.0.113.1'],
    ['METRICS_PORT', 'on'],
    ['WORKERS', '0'],
    ['WORKERS', '65'],
    ['WORKERS', '2'],
    ['ACCESS_TOKEN_LIFETIME', 'soon'],
    ['REFRESH_TOKEN_LIFETIME', '0s'],
    ['API_PASSWORD_FIELD', 'plain'],
    ['LOG_LEVEL', 'loud'],
  ])('with %s=%s', async (name, value) => {
    await expectFailedStart({ DATABASE_URL: 'memory:', [name]: value }, name);
  });

  test('with an unreadable .env', async () => {
    const folder = temporaryFolder();
    await using _cleanup = { [Symbol.asyncDispose]: async () => folder.remove() };
    mkdirSync(join(folder.path, '.env'));
    await using launched = launch({ DATABASE_URL: 'memory:' }, { folder: folder.path });
    expect(await launched.ended).toMatchObject({
      code: 1,
      stdout: '',
      stderr: expect.stringMatching(
        /^Cannot start: the file \.env cannot be read \(E.*\)\. Let this user read it, .*\n$/,
      ),
    });
  });

  test('with several invalid settings, and reports all of them', async () => {
    await expectFailedStart(
      { PORT: 'http', LOG_LEVEL: 'loud', API_PASSWORD_FIELD: '?' },
      'PORT',
      'LOG_LEVEL',
      'API_PASSWORD_FIELD',
    );
  });

  test('with a port in use', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    await expectFailedStart({ DATABASE_URL: 'memory:', PORT: String(port) }, /\bPORT\b/);
    await expectFailedStart({ PORT: String(port) }, /\bPORT\b/);
    await expectFailedStart(
      { DATABASE_URL: 'memory:', PORT: String(port), METRICS_PORT: '0', LOG_LEVEL: 'warn' },
      / PORT\b/,
    );
    await expectFailedStart({ DATABASE_URL: 'memory:', METRICS_PORT: String(port) }, /\bMETRICS_PORT\b/);
    server.close();
  });

  test('with a metrics address of another machine', async () => {
    const environment = { DATABASE_URL: 'memory:', METRICS_PORT: '0', METRICS_HOST: '203.0.113.1' };
    await expectFailedStart(environment, /\bMETRICS_HOST\b/);
  });

  test.each(lastingStores)('on a database of a newer release, on %s', async (store) => {
    await using created = await createDatabase(store);
    await using service = await startService({ DATABASE_URL: created.url });
    await register(service.url, 'john');
    await service.stop();
    const database = databaseAt(created.url);
    await database.query(`insert into schema_migrations (name, applied_at) values ('9999-from-the-future', '2099')`);
    await database.query('alter table users add column invented_later text');
    const read = async () => [await schemaOf(store, database), await rowsOf(store, database)];
    const before = await read();
    await expectFailedStart(
      { DATABASE_URL: created.url },
      'newer release',
      '9999-from-the-future',
      'Start that release.',
    );
    expect(await read()).toEqual(before);
  });

  test.each(lastingStores)('on a database of another program, on %s', async (store) => {
    await using created = await createDatabase(store);
    await makeForeign(databaseAt(created.url), foreignDatabases[0]!);
    await expectFailedStart({ DATABASE_URL: created.url }, 'belongs to something else', 'DATABASE_URL');
  });

  describe('on sqlite', () => {
    // These limits apply to root too: even root cannot create files in /proc and /sys.
    test.each<[name: string, path: (folder: string) => string]>([
      [
        'a path below a regular file',
        (folder) => (writeFileSync(join(folder, 'file'), ''), join(folder, 'file', 'db')),
      ],
      ['a folder', (folder) => (mkdirSync(join(folder, 'db')), join(folder, 'db'))],
      [
        'a file that is not a database',
        (folder) => (writeFileSync(join(folder, 'db'), 'text\n'.repeat(999)), join(folder, 'db')),
      ],
      ['a folder that cannot be written', () => '/proc/mentorship.sqlite'],
      ['a folder that cannot be created', () => '/sys/data/mentorship.sqlite'],
      ['a name that is too long', (folder) => join(folder, 'x'.repeat(300))],
    ])('%s', async (_, path) => {
      const folder = temporaryFolder();
      await expectFailedStart({ DATABASE_URL: `sqlite:${path(folder.path)}` }, 'DATABASE_URL').finally(folder.remove);
    });

    test('a file that is not a database stays unchanged', async () => {
      const folder = temporaryFolder();
      const path = join(folder.path, 'notes.txt');
      writeFileSync(path, 'my notes');
      await expectFailedStart({ DATABASE_URL: `sqlite:${path}` }, 'DATABASE_URL').finally(folder.remove);
    });
  });

  describe('on postgres', () => {
    const postgresUrl = (
      changes: Partial<Pick<URL, 'username' | 'password' | 'pathname' | 'port' | 'search'>>,
    ): string => Object.assign(new URL(inject('postgresUrl')), changes).href;

    test('a port without a server', async () => {
      const server = createServer().listen(0, '127.0.0.1');
      await once(server, 'listening');
      const { port } = server.address() as AddressInfo;
      server.close();
      const DATABASE_URL = `postgres://root:${secret}@127.0.0.1:${port}/mentorship`;
      await expectFailedStart({ DATABASE_URL }, 'DATABASE_URL', 'PostgreSQL');
    });

    test('a server that never answers', async () => {
      const server = createServer().listen(0, '127.0.0.1');
      await once(server, 'listening');
      const { port } = server.address() as AddressInfo;
      const DATABASE_URL = `postgres://root:${secret}@127.0.0.1:${port}/mentorship`;
      await expectFailedStart({ DATABASE_URL }, 'DATABASE_URL', 'PostgreSQL');
      server.close();
    }, 60_000);

    test('a host that does not exist', async () => {
      const DATABASE_URL = `postgres://root:${secret}@no-such-host.invalid/mentorship`;
      await expectFailedStart({ DATABASE_URL }, 'DATABASE_URL');
    });

    test('a wrong password', async () => {
      await expectFailedStart(
        { DATABASE_URL: postgresUrl({ password: secret }) },
        'DATABASE_URL',
        'password authentication failed',
      );
    });

    test('an unknown database', async () => {
      const DATABASE_URL = postgresUrl({ pathname: '/no_such_database' });
      await expectFailedStart({ DATABASE_URL }, 'DATABASE_URL', 'no_such_database');
    });

    test('a server without TLS', async () => {
      await expectFailedStart({ DATABASE_URL: postgresUrl({ search: 'sslmode=verify-full' }) }, 'DATABASE_URL', 'SSL');
    });

    test.each(['LATIN1', 'WIN1251', 'SQL_ASCII'])('a database with the encoding %s', async (encoding) => {
      const name = `encoding_${encoding.toLowerCase()}_${process.pid}`;
      const client = new Client({ connectionString: inject('postgresUrl') });
      await client.connect();
      await client.query(
        `CREATE DATABASE ${name} ENCODING '${encoding}' LOCALE_PROVIDER libc LOCALE 'C' TEMPLATE template0`,
      );
      try {
        await expectFailedStart({ DATABASE_URL: postgresUrl({ pathname: `/${name}` }) }, encoding, "ENCODING 'UTF8'");
      } finally {
        await client.query(`DROP DATABASE ${name}`);
        await client.end();
      }
    });

    test('a user who may not create tables', async () => {
      await using database = await createDatabase('postgres');
      const client = new Client({ connectionString: database.url });
      await client.connect();
      const role = `guest_${new URL(database.url).pathname.slice(-8)}`;
      await client.query(`CREATE ROLE ${role} LOGIN PASSWORD '${secret}'`);
      const { pathname } = new URL(database.url);
      try {
        const DATABASE_URL = postgresUrl({ username: role, password: secret, pathname });
        await expectFailedStart({ DATABASE_URL }, 'DATABASE_URL', 'permission denied');
      } finally {
        await client.query(`DROP ROLE ${role}`);
        await client.end();
      }
    }, 60_000);
  });
});
