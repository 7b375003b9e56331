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

describe.each(lastingStores)('eight processes at once on an empty database on %s', (store) => {
  test('all come up and serve', async () => {
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

describe.each(stores)('the greeting on %s', (store) => {
  test('says where the service and its reference are, and how to register', async () => {
    await using database = await createDatabase(store);
    await using service = await startService({ DATABASE_URL: database.url });
    const greeting = await vi.waitFor(() => {
      expect(service.output.stderr).toMatch(/curl .*\n/);
      return service.output.stderr;
    });
    expect(greeting).toContain(`${service.url}/docs\n`);
    expect((await fetch(`${service.url}/docs`)).status).toBe(200);
    const [url, how] = parseCurl(/curl .*/.exec(greeting)?.[0] ?? '');
    expect((await fetch(url, how)).status).toBe(201);
  });
});

/** What a line of curl asks for: words are apart by spaces unless single quotes hold them together. */
const parseCurl = (
  line: string,
): [url: string, how: { method: string; headers: [string, string][]; body?: string }] => {
  const words = [...line.matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain ?? '');
  expect(words.shift()).toBe('curl');
  const how: ReturnType<typeof parseCurl>[1] = { method: 'GET', headers: [] };
  let url = '';
  for (let word = words.shift(); word !== undefined; word = words.shift()) {
    if (word === '-H') how.headers.push((words.shift() ?? '').split(': ') as [string, string]);
    else if (word === '-d') Object.assign(how, { method: 'POST', body: words.shift() });
    else if (word !== '-i') url = word;
  }
  return [url, how];
};

describe('the environment', () => {
  test.each(['127.0.0.1', 'localhost', '0.0.0.0'])('HOST=%s: the URL that is told answers', async (HOST) => {
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

  test('nothing set: the SQLite file is made in the folder where the service runs', async () => {
    const folder = temporaryFolder();
    await using _cleanup = { [Symbol.asyncDispose]: async () => folder.remove() };
    await using service = await startService({}, { folder: folder.path });
    expect((await register(service.url, 'john')).status).toBe(201);
    expect(existsSync(join(folder.path, 'data', 'mentorship.sqlite'))).toBe(true);
  });

  test('a .env file is read, and what is set outside it goes before it', async () => {
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

describe('a bad start', () => {
  const secret = 'pa55word-of-the-url';

  /** One plain line that says this much, on standard error and nowhere else. */
  const expectRefusal = async (environment: Record<string, string>, ...says: (string | RegExp)[]) => {
    await using launched = launch(environment);
    const { code, stdout, stderr } = await launched.ended;
    expect({ code, stdout, stderr }).toEqual({
      code: 1,
      stdout: '',
      stderr: expect.stringMatching(/^Cannot start: .+\n$/),
    });
    for (const part of says) expect(stderr).toMatch(part);
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
  ])('%s=%s', async (name, value) => {
    await expectRefusal({ DATABASE_URL: 'memory:', [name]: value }, name);
  });

  test('a .env that cannot be read', async () => {
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

  test('several wrong settings are told at once', async () => {
    await expectRefusal(
      { PORT: 'http', LOG_LEVEL: 'loud', API_PASSWORD_FIELD: '?' },
      'PORT',
      'LOG_LEVEL',
      'API_PASSWORD_FIELD',
    );
  });

  test('a port that is in use', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    await expectRefusal({ DATABASE_URL: 'memory:', PORT: String(port) }, /\bPORT\b/);
    await expectRefusal({ PORT: String(port) }, /\bPORT\b/);
    await expectRefusal(
      { DATABASE_URL: 'memory:', PORT: String(port), METRICS_PORT: '0', LOG_LEVEL: 'warn' },
      / PORT\b/,
    );
    await expectRefusal({ DATABASE_URL: 'memory:', METRICS_PORT: String(port) }, /\bMETRICS_PORT\b/);
    server.close();
  });

  test('an address for the metrics that is not of this machine', async () => {
    const environment = { DATABASE_URL: 'memory:', METRICS_PORT: '0', METRICS_HOST: '203.0.113.1' };
    await expectRefusal(environment, /\bMETRICS_HOST\b/);
  });

  test.each(lastingStores)('by an older program than the one that wrote the database, on %s', async (store) => {
    await using created = await createDatabase(store);
    await using service = await startService({ DATABASE_URL: created.url });
    await register(service.url, 'john');
    await service.stop();
    const database = databaseAt(created.url);
    await database.query(`insert into schema_migrations (name, applied_at) values ('9999-from-the-future', '2099')`);
    await database.query('alter table users add column invented_later text');
    const look = async () => [await schemaOf(store, database), await rowsOf(store, database)];
    const before = await look();
    await expectRefusal({ DATABASE_URL: created.url }, 'newer release', '9999-from-the-future', 'Start that release.');
    expect(await look()).toEqual(before);
  });

  test.each(lastingStores)('on a database of something else, on %s', async (store) => {
    await using created = await createDatabase(store);
    await makeForeign(databaseAt(created.url), foreignDatabases[0]!);
    await expectRefusal({ DATABASE_URL: created.url }, 'belongs to something else', 'DATABASE_URL');
  });

  describe('on sqlite', () => {
    // Each of these binds root too. In /proc and /sys nobody makes files.
    test.each<[what: string, path: (folder: string) => string]>([
      [
        'a path below a regular file',
        (folder) => (writeFileSync(join(folder, 'file'), ''), join(folder, 'file', 'db')),
      ],
      ['a folder', (folder) => (mkdirSync(join(folder, 'db')), join(folder, 'db'))],
      [
        'a file that is no database',
        (folder) => (writeFileSync(join(folder, 'db'), 'text\n'.repeat(999)), join(folder, 'db')),
      ],
      ['a folder that cannot be written', () => '/proc/mentorship.sqlite'],
      ['a folder that cannot be made', () => '/sys/data/mentorship.sqlite'],
      ['a name that is too long', (folder) => join(folder, 'x'.repeat(300))],
    ])('%s', async (_, path) => {
      const folder = temporaryFolder();
      await expectRefusal({ DATABASE_URL: `sqlite:${path(folder.path)}` }, 'DATABASE_URL').finally(folder.remove);
    });

    test('a file that is no database is left as it was', async () => {
      const folder = temporaryFolder();
      const path = join(folder.path, 'notes.txt');
      writeFileSync(path, 'my notes');
      await expectRefusal({ DATABASE_URL: `sqlite:${path}` }, 'DATABASE_URL').finally(folder.remove);
    });
  });

  describe('on postgres', () => {
    const postgresUrl = (
      changes: Partial<Pick<URL, 'username' | 'password' | 'pathname' | 'port' | 'search'>>,
    ): string => Object.assign(new URL(inject('postgresUrl')), changes).href;

    test('nothing listens there', async () => {
      const server = createServer().listen(0, '127.0.0.1');
      await once(server, 'listening');
      const { port } = server.address() as AddressInfo;
      server.close();
      const DATABASE_URL = `postgres://root:${secret}@127.0.0.1:${port}/mentorship`;
      await expectRefusal({ DATABASE_URL }, 'DATABASE_URL', 'PostgreSQL');
    });

    test('a server that never answers', async () => {
      const server = createServer().listen(0, '127.0.0.1');
      await once(server, 'listening');
      const { port } = server.address() as AddressInfo;
      const DATABASE_URL = `postgres://root:${secret}@127.0.0.1:${port}/mentorship`;
      await expectRefusal({ DATABASE_URL }, 'DATABASE_URL', 'PostgreSQL');
      server.close();
    }, 60_000);

    test('a host that does not exist', async () => {
      const DATABASE_URL = `postgres://root:${secret}@no-such-host.invalid/mentorship`;
      await expectRefusal({ DATABASE_URL }, 'DATABASE_URL');
    });

    test('a wrong password', async () => {
      await expectRefusal(
        { DATABASE_URL: postgresUrl({ password: secret }) },
        'DATABASE_URL',
        'password authentication failed',
      );
    });

    test('an unknown database', async () => {
      const DATABASE_URL = postgresUrl({ pathname: '/no_such_database' });
      await expectRefusal({ DATABASE_URL }, 'DATABASE_URL', 'no_such_database');
    });

    test('no TLS there', async () => {
      await expectRefusal({ DATABASE_URL: postgresUrl({ search: 'sslmode=verify-full' }) }, 'DATABASE_URL', 'SSL');
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
        await expectRefusal({ DATABASE_URL }, 'DATABASE_URL', 'permission denied');
      } finally {
        await client.query(`DROP ROLE ${role}`);
        await client.end();
      }
    }, 60_000);
  });
});
