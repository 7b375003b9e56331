import { join } from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import { openEngine } from '../../packages/adapters/src/kysely/sqlite/engine.ts';
import { call, logIn, ownDetail, register, startService } from '../support/processes/service.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { unwrittenPagesIn } from '../support/store/unwritten-pages.ts';

vi.setConfig({ testTimeout: 120_000 });

// count-syncs.ts counts the fdatasync calls; it needs strace.
describe('a commit on sqlite', () => {
  test('is on disk before the response is sent', async ({ skip }) => {
    const folder = temporaryFolder();
    await using _cleanup = { [Symbol.asyncDispose]: async () => folder.remove() };
    const unwrittenPages = await unwrittenPagesIn(folder.path);
    if (!unwrittenPages) return skip('the kernel does not report the unwritten pages of a file');

    const database = join(folder.path, 'mentorship.sqlite');
    await using service = await startService({ DATABASE_URL: `sqlite:${database}` });
    const expectWritten = (answer: { status: number }, status: number) => {
      expect({ ...answer, unwritten: unwrittenPages(`${database}-wal`) }).toMatchObject({ status, unwritten: 0 });
    };
    for (let count = 0; count < 20; count++) expectWritten(await register(service.url, `user-${count}`), 201);
    const tokens = await logIn(service.url, 'user-0');
    expectWritten(await ownDetail(service.url, tokens), 200);
    const { access: token, refresh } = tokens;
    for (const mentor of ['user-1', 'user-2', ''])
      expectWritten(await call(service.url, 'PATCH /api/users/me', { body: { mentor }, token }), 200);
    expectWritten(await call(service.url, 'POST /api/logout', { body: { refresh }, token }), 205);
  });

  test('uses the write-ahead log with synchronous = FULL', async () => {
    const folder = temporaryFolder();
    await using _cleanup = { [Symbol.asyncDispose]: async () => folder.remove() };
    const engine = await openEngine(join(folder.path, 'mentorship.sqlite'), 1000);
    await using _engine = { [Symbol.asyncDispose]: () => engine.close() };
    // SQLite offers pragmas as tables.
    const pragma = (name: string) =>
      engine.writes
        .selectFrom(`pragma_${name}` as 'users')
        .selectAll()
        .execute();
    expect(await pragma('synchronous')).toEqual([{ synchronous: 2 }]);
    expect(await pragma('journal_mode')).toEqual([{ journal_mode: 'wal' }]);
  });
});
