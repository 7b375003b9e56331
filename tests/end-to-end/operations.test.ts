import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { djangoHash, djangoTimestamp, leaveInWal, makeDjango } from '../support/django/database.ts';
import { createMachine } from '../support/processes/machine.ts';
import { createPostgresDatabase, type PostgresDatabase } from '../support/processes/postgres.ts';
import { freePort } from '../support/processes/postgres-server.ts';
import { call, logIn, ownDetail, register, type Tokens } from '../support/processes/service.ts';

const manual = readFileSync(fileURLToPath(new URL('../../docs/operations.md', import.meta.url)), 'utf8');

/** Returns the command blocks below a heading, in order. */
const commandsOf = (heading: string): string[] => {
  const section = manual.split(/^## /m).find((text) => text.startsWith(`${heading}\n`)) ?? '';
  return [...section.matchAll(/^```bash\n(.*?)^```$/gms)].map(([, block]) => block!);
};
const headings = [...manual.matchAll(/^## (.+)$/gm)].map(([, heading]) => heading!);

const manualUrl = 'postgres://mentorship:secret@127.0.0.1/mentorship';

/** Runs every command of the manual, in order, on one simulated machine. */
describe('docs/operations.md', () => {
  let machine: ReturnType<typeof createMachine>;
  let database: PostgresDatabase;
  let [port, metricsPort, proxyPort] = [0, 0, 0];
  let tokens: Tokens;
  const url = () => `http://127.0.0.1:${port}`;
  beforeAll(async () => {
    machine = createMachine();
    database = await createPostgresDatabase();
    [port, metricsPort, proxyPort] = [await freePort(), await freePort(), await freePort()];
  });
  afterAll(async () => {
    await machine[Symbol.asyncDispose]();
    await database.drop();
  });

  const run = async (script: string) => {
    const adapted = script
      .replaceAll(manualUrl, database.url)
      .replaceAll(':3000', `:${port}`)
      .replaceAll('9464', `${metricsPort}`)
      .replaceAll(':8080', `:${proxyPort}`);
    const done = await machine.run(adapted, { PORT: `${port}`, LOG_LEVEL: 'error', SHUTDOWN_GRACE: '0s' });
    expect(done, `${script}\n${done.stdout}\n${done.stderr}`).toMatchObject({ code: 0 });
    return done;
  };

  test('has only sections whose commands this test runs', () => {
    expect(headings).toEqual([
      'One machine',
      'Backup and restore',
      'Many instances',
      'Moving from the original',
      'Moving from SQLite to PostgreSQL',
      'What to watch',
    ]);
    expect(manual.match(/^```bash$/gm)).toHaveLength(headings.flatMap(commandsOf).length);
  });

  test('One machine: the unit restarts the service until the database is available', () => {
    const unit = readFileSync(fileURLToPath(new URL('../../deploy/mentorship.service', import.meta.url)), 'utf8');
    const [, head = '', service = ''] = /^\[Unit\]$(.*)^\[Service\]$(.*)^\[Install\]$/ms.exec(unit) ?? [];
    // A start without a database ends at once. By default, systemd gives up after five starts in ten seconds.
    expect(head).toMatch(/^StartLimitIntervalSec=0$/m);
    expect(service).toMatch(/^Restart=always$/m);
    expect(service).toMatch(/^RestartSec=2$/m);
  });

  test('One machine', async () => {
    const [first, ...others] = commandsOf('One machine');
    const { stdout } = await run(first!);
    expect(stdout).toContain('"ready"');
    await register(url(), 'alice');
    await register(url(), 'bob', { mentor_username: 'alice' });
    const ended = await logIn(url(), 'alice');
    await run(others[0]!);
    await expect.poll(async () => (await ownDetail(url(), ended)).status).toBe(401);
    for (const block of others.slice(1)) await run(block);
    tokens = await logIn(url(), 'bob');
    expect(await ownDetail(url(), tokens)).toMatchObject({ status: 200, body: { mentor_username: 'alice' } });
  });

  test('Backup and restore', async () => {
    const blocks = commandsOf('Backup and restore');
    const [backup, drill, restore, postgres] = blocks;
    expect(blocks).toHaveLength(4);
    await run(backup!);
    await register(url(), 'too-late');
    const checked = await run(`cd /opt/mentorship\n${drill}`);
    expect(checked.stdout).not.toContain('wrong');
    expect(await ownDetail(url(), tokens)).toMatchObject({ status: 200 });
    await run(`${functionIn(backup!)}\n${restore}`);
    expect(await ownDetail(url(), tokens)).toMatchObject({ status: 401 });
    expect(await register(url(), 'too-late')).toMatchObject({ status: 201 });
    tokens = await logIn(url(), 'bob');
    // The last lines need a store on PostgreSQL; the programs of PostgreSQL are fakes here.
    await run(`${functionIn(backup!)}\n${postgres!.replaceAll(/^.*main\.ts (migrate|sessions end).*$/gm, '')}`);
  });

  test('Many instances', async () => {
    for (const block of commandsOf('Many instances')) await run(block);
    const calls = readFileSync(join(machine.root, 'calls'), 'utf8').split('\n');
    const compose = readFileSync(fileURLToPath(new URL('../../compose.yaml', import.meta.url)), 'utf8');
    for (const instance of ['api-1', 'api-2', 'api-3']) {
      expect(calls).toContain(`docker compose up --detach --no-deps --wait ${instance}`);
      expect(compose).toContain(`\n  ${instance}:\n`);
    }
    expect(readFileSync(join(machine.root, 'etc/nginx/conf.d/mentorship.conf'), 'utf8')).toContain(
      'upstream mentorship',
    );
  });

  test('Moving from SQLite to PostgreSQL', async () => {
    await run("echo 'REGISTRATION=closed' | sudo tee -a /opt/mentorship/.env");
    const settings = () => readFileSync(join(machine.root, 'opt/mentorship/.env'), 'utf8').trimEnd().split('\n');
    const others = settings().filter((line) => !line.startsWith('DATABASE_URL='));
    for (const block of commandsOf('Moving from SQLite to PostgreSQL')) await run(block);
    expect(await ownDetail(url(), tokens)).toMatchObject({ status: 200, body: { mentor_username: 'alice' } });
    expect(settings()).toEqual([...others, `DATABASE_URL=${database.url}`]);
    expect(await register(url(), 'carol')).toMatchObject({ status: 403 });
    const last = commandsOf('Backup and restore').at(-1)!.split('\n');
    const sessionsEnd = last.filter((line) => line.includes('sessions end'));
    await run(`cd /opt/mentorship\nDATABASE_URL=${manualUrl}\n${sessionsEnd.join('\n')}`);
    await expect.poll(async () => (await ownDetail(url(), tokens)).status).toBe(401);
  });

  test('Moving from the original', async () => {
    await run('systemctl stop mentorship');
    await run('rm /var/lib/mentorship/mentorship.sqlite*; mkdir /var/lib/original');
    await run("echo 'DATABASE_URL=sqlite:/var/lib/mentorship/mentorship.sqlite' > /opt/mentorship/.env");
    const old = {
      email: '',
      phone: null,
      is_active: true,
      date_joined: djangoTimestamp('sqlite', Date.UTC(2023, 0, 1)),
    };
    const [there, source] = [join(machine.root, 'there.sqlite3'), join(machine.root, 'var/lib/original/db.sqlite3')];
    await makeDjango('sqlite', `sqlite:${there}`, [
      { ...old, id: 1, username: 'alice', password: djangoHash('a-password', 'salt'), mentor_id: null },
      { ...old, id: 2, username: 'ALICE', password: djangoHash('another-one', 'salt'), mentor_id: 1 },
    ]);
    leaveInWal(there, `update mentorship_user set email = 'late@example.com' where id = 1`, source);
    for (const block of commandsOf('Moving from the original')) await run(block);
    const report = readFileSync(join(machine.root, 'var/lib/mentorship/import.json'), 'utf8');
    expect(JSON.parse(report)).toMatchObject({
      deviations: [{ id: 2, from: 'ALICE', to: 'ALICE_2', what: 'username_renamed' }],
    });
    const body = { username: 'Alice', password: 'a-password' };
    const { body: alice } = await call<Tokens>(url(), 'POST /api/login', { body });
    expect(await ownDetail(url(), alice)).toMatchObject({ status: 200, body: { email: 'late@example.com' } });
  });

  test('What to watch', async () => {
    const [metrics, log] = commandsOf('What to watch');
    expect((await run(metrics!)).stdout).toContain('mentorship_database_up 1');
    await run(log!);
  });
});

/** Returns the lines of a block that later blocks depend on: its `cd` and its shell function. */
const functionIn = (block: string): string =>
  block
    .split('\n')
    .filter((line) => /^cd |^mentorship\(\)/.test(line))
    .join('\n');
