import { join } from 'node:path';
import { openEngine } from '../../../packages/adapters/src/kysely/sqlite/engine.ts';
import { describe, expect, test, type TestContext, vi } from 'vitest';
import { type Account, password } from '../../support/http/client.ts';
import { type Service, startForTest } from '../../support/http/service.ts';
import { mountSmallDisk } from '../../support/processes/small-disk.ts';

vi.setConfig({ testTimeout: 60_000 });

const unavailable = { status: 503, headers: { 'retry-after': '1' }, body: { code: 'service_unavailable' } };

/** A service whose SQLite file is on a small disk, with a user. Skips the test if this machine cannot mount one. */
const onSmallDisk = async ({ skip, onTestFinished }: TestContext) => {
  const disk = mountSmallDisk();
  if (typeof disk === 'string') return skip(disk);
  onTestFinished(() => disk[Symbol.dispose]());
  const file = join(disk.path, 'mentorship.sqlite');
  const open = async (): Promise<Service> => {
    const service = await startForTest({ settings: { DATABASE_URL: `sqlite:${file}` } });
    return service;
  };
  const service = await open();
  return { disk, file, service, open, john: await service.api.join('john') };
};

/** Changes a phone until a write fails; resolves to the last acknowledged one, and the error. */
const writeUntilRefused = async ({ api }: Service, { access: token }: Account) => {
  for (let number = 1000; number < 3000; number++) {
    const answer = await api.call('PATCH', '/api/users/me', { token, body: { phone: `${number}` } });
    if (answer.status !== 200) return { kept: number === 1000 ? null : `${number - 1}`, answer };
  }
  throw new Error('No write failed.');
};

/** No route can write, and every route can read. */
const expectOnlyReads = async ({ api }: Service, { access: token }: Account, phone: string | null) => {
  const own = { status: 200, body: { username: 'john', phone } };
  expect(await api.call('GET', '/api/users/me', { token })).toMatchObject(own);
  expect(await api.call('POST', '/api/login', { body: { username: 'john', password } })).toMatchObject(unavailable);
  expect(await api.call('POST', '/api/registration', { body: { username: 'ann', password } })).toMatchObject(
    unavailable,
  );
  expect(await api.call('GET', '/api/users', { token })).toMatchObject({ status: 200, body: [{ username: 'john' }] });
  expect(await api.call('GET', '/api/users/me', { token })).toMatchObject(own);
  expect(await api.call('GET', '/readyz')).toMatchObject({ status: 200 });
};

const expectAllToWork = async ({ api }: Service, { access: token }: Account) => {
  expect(await api.call('PATCH', '/api/users/me', { token, body: { phone: '999' } })).toMatchObject({ status: 200 });
  await expect(api.join('bob')).resolves.toHaveProperty('access');
  const users = [{ username: 'john' }, { username: 'bob' }];
  expect(await api.call('GET', '/api/users', { token })).toMatchObject({ body: users });
};

const expectIntact = async (file: string) => {
  const engine = await openEngine(file, 1000);
  const check = engine.reads
    .selectFrom('pragma_integrity_check' as 'users')
    .selectAll()
    .execute();
  expect(await check.finally(() => engine.close())).toEqual([{ integrity_check: 'ok' }]);
};

describe('a disk on sqlite', () => {
  test('that is full allows reads, and writes again once there is space', async (context) => {
    const { disk, file, service, john } = await onSmallDisk(context);
    disk.fill();
    const { kept, answer } = await writeUntilRefused(service, john);
    expect(answer).toMatchObject(unavailable);
    await expectOnlyReads(service, john, kept);

    disk.free();
    await expectAllToWork(service, john);
    await expectIntact(file);
  });

  test('that has become read-only allows reads, and has kept every acknowledged write', async (context) => {
    const { disk, file, service, open, john } = await onSmallDisk(context);
    disk.break();
    const { kept, answer } = await writeUntilRefused(service, john);
    expect(answer).toMatchObject(unavailable);
    await expectOnlyReads(service, john, kept);

    await service.stop();
    disk.repair();
    await expectIntact(file);
    await expectAllToWork(await open(), john);
  });
});
