import { explainFailure, showInvisible } from '@mentorship/adapters/failures';
import { SettingsError } from '@mentorship/adapters/environment';
import { constants } from 'node:os';
import { join } from 'node:path';
import { openKyselyStore, StoreError } from '@mentorship/adapters/kysely';
import { storageUnavailable, UnavailableError } from '@mentorship/application';
import { describe, expect, onTestFinished, test } from 'vitest';
import { temporaryFolder } from '../support/temporary-folder.ts';

/** An error as Node and the database drivers throw it. */
const driverError = (code: string, message: string, syscall?: string) =>
  Object.assign(new Error(message), { code }, syscall === undefined ? {} : { syscall });

/** An error of Node's file system, whose message begins with its code. */
const fileError = (code: string, syscall: string) => driverError(code, `${code}: a reason, ${syscall} '/x'`, syscall);

const sqliteAdvice = 'Check the path in DATABASE_URL, and who may write there.';
const fileAdvice = 'Check the path, for example in DATABASE_URL, and who may read and write there.';
const postgresAdvice = 'Check that it runs, and DATABASE_URL.';
const openFiles = 'Raise the limit of open files (ulimit -n).';
const space = 'Free some space on its disk, and try again.';

describe.each<[cause: string, failures: readonly (readonly [error: unknown, line: string])[]]>([
  [
    'SQLite',
    (
      [
        ['SQLITE_FULL', 'database or disk is full', space],
        ['SQLITE_READONLY', 'attempt to write a readonly database', sqliteAdvice],
        ['SQLITE_CANTOPEN', 'unable to open database file', sqliteAdvice],
        ['SQLITE_IOERR_WRITE', 'disk I/O error', 'Check that its disk has free space and no faults.'],
        ['SQLITE_BUSY', 'database is locked', 'Stop the process that has it locked, or try again.'],
      ] as const
    ).flatMap(([code, message, advice]) =>
      // From an archive, and from the ports.
      [driverError(code, message), storageUnavailable(driverError(code, message))].map(
        (error) => [error, `the SQLite database cannot be opened or written (${message}). ${advice}`] as const,
      ),
    ),
  ],
  [
    'a damaged SQLite database',
    ['SQLITE_CORRUPT', 'SQLITE_NOTADB'].map(
      (code) =>
        [
          driverError(code, 'reason'),
          'the SQLite database is damaged, or is not an SQLite database (reason). Check DATABASE_URL, or restore a backup.',
        ] as const,
    ),
  ],
  [
    'a file or folder',
    (
      [
        ['ENOSPC', 'write', space],
        ['EDQUOT', 'write', space],
        ['EACCES', 'mkdir', fileAdvice],
        ['EPERM', 'chown', fileAdvice],
        ['ENOENT', 'stat', fileAdvice],
        ['EROFS', 'open', 'Its disk is mounted read-only. Mount it for writing, or name a path on another one.'],
        ['EXDEV', 'link', 'Name a path on the same disk.'],
        [
          'EBUSY',
          'rename',
          'It is a mount point, or another program uses it. Stop that program, or name another path.',
        ],
        ['EISDIR', 'read', 'It is a folder. Name a file, for example in DATABASE_URL.'],
        ['ENOTDIR', 'open', 'A part of its path is a file, not a folder. Check the path, for example in DATABASE_URL.'],
        ['ELOOP', 'open', 'Its symbolic links lead in a circle. Check the path, for example in DATABASE_URL.'],
        ['ENAMETOOLONG', 'open', 'Name a shorter path, for example in DATABASE_URL.'],
        ['EFBIG', 'write', 'Raise the limit of file sizes (ulimit -f), or name a path on another disk.'],
        ['EIO', 'fsync', 'Check that its disk has free space and no faults.'],
        ['ESTALE', 'read', 'Check its network drive, and mount it again.'],
        ['ENOMEM', 'read', 'Free some memory, and try again.'],
        ['EMFILE', 'open', openFiles],
        ['ENFILE', 'open', openFiles],
        // Of a network drive, and of standard output.
        ['ETIMEDOUT', 'read', fileAdvice],
        ['EPIPE', 'write', fileAdvice],
      ] as const
    ).flatMap(([code, syscall, advice]) =>
      [
        fileError(code, syscall),
        // Without the name of a system call, and without a name of the error.
        driverError(code, `${code}: a reason, ${syscall} '/x'`),
        Object.assign(fileError(code, syscall), {
          code: `Unknown system error -${constants.errno[code]}`,
          errno: -constants.errno[code],
        }),
      ].map(
        (error) => [error, `a file or folder cannot be used (${code}: a reason, ${syscall} '/x'). ${advice}`] as const,
      ),
    ),
  ],
  [
    'PostgreSQL',
    [
      [driverError('28P01', 'password authentication failed'), 'password authentication failed', postgresAdvice],
      [driverError('3D000', 'no such database'), 'no such database', postgresAdvice],
      [
        driverError('42501', 'permission denied'),
        'permission denied',
        'Grant its role this right, or name another role in its URL (DATABASE_URL for the service).',
      ],
      [driverError('53100', 'No space left on device'), 'No space left on device', space],
      [
        driverError('53300', 'too many clients'),
        'too many clients',
        'Close some connections, or raise max_connections of the server.',
      ],
      [driverError('ECONNREFUSED', 'connect refused', 'connect'), 'connect refused', postgresAdvice],
      [driverError('ENOENT', 'no socket', 'connect'), 'no socket', postgresAdvice],
      [driverError('ENOTFOUND', 'no such host', 'getaddrinfo'), 'no such host', postgresAdvice],
      [driverError('ECONNRESET', 'read ECONNRESET', 'read'), 'read ECONNRESET', postgresAdvice],
      [storageUnavailable(driverError('EPIPE', 'write EPIPE', 'write')), 'write EPIPE', postgresAdvice],
      [storageUnavailable(new Error('timeout expired')), 'timeout expired', postgresAdvice],
      // Such as a certificate that the driver opens.
      [storageUnavailable(fileError('ENOENT', 'open')), "ENOENT: a reason, open '/x'", postgresAdvice],
    ].map(([error, message, advice]) => [error, `PostgreSQL cannot be used (${String(message)}). ${String(advice)}`]),
  ],
  [
    'any database',
    [
      [
        storageUnavailable(),
        'the database did not answer in time. Check that it runs, and that no other process has it locked.',
      ],
    ],
  ],
  [
    'the password hasher',
    [
      [
        new UnavailableError('overloaded', { retryAfter: 1 }),
        'too many passwords are being checked or set. Try again.',
      ],
    ],
  ],
  [
    'settings and stores',
    [
      [new SettingsError('PORT must be a number.'), 'PORT must be a number.'],
      [new StoreError('The store is empty.'), 'The store is empty.'],
    ],
  ],
  ['an unknown error', [[new Error('A reason\nin two lines'), 'A reason in two lines']]],
])('a failure of %s', (_, failures) => {
  test.each(failures)('%s is explained as %j', (error, line) => {
    expect(explainFailure(error)).toBe(line);
  });
});

test('no name of an error of the system counts as an SQLSTATE', () => {
  const lines = Object.keys(constants.errno)
    .filter((code) => !/^E(CONN|HOSTUN|NET)/.test(code))
    .map((code) => explainFailure(driverError(code, code)));
  for (const line of lines) expect(line).toMatch(/^a file or folder cannot be used \(/);
});

test('explanations of the program come first, and the first error of several attempts counts', () => {
  const attempts = new AggregateError([fileError('EADDRINUSE', 'listen'), new Error('another')]);
  const own = { when: ({ code }: { code?: string }) => code === 'EADDRINUSE', say: () => 'the port is in use.' };
  expect(explainFailure(attempts, [own])).toBe('the port is in use.');
});

describe('no failure writes a character that could steer or mislead a terminal', () => {
  test.each([
    ['an escape sequence', '\u001b[2J', String.raw`\u001b[2J`],
    ['a C1 control', '\u009b2J', String.raw`\u009b2J`],
    ['a carriage return', 'bad\rgood', String.raw`bad\u000dgood`],
    ['a bidirectional override', '\u202etxt', String.raw`\u202etxt`],
    ['a bidirectional isolate', '\u2066x', String.raw`\u2066x`],
    ['a zero-width space', 'a\u200bb', String.raw`a\u200bb`],
    ['a line separator', 'a\u2028b', String.raw`a\u2028b`],
    ['a tag', 'a\u{e0061}b', String.raw`a\udb40\udc61b`],
    ['letters of every script', 'Ünïcode 山 и', 'Ünïcode 山 и'],
  ])('%s', (_, text, shown) => {
    expect(explainFailure(new StoreError(text))).toBe(shown);
    expect(JSON.parse(showInvisible(JSON.stringify(text)))).toBe(text);
  });
});

test('a wait for a busy SQLite is not explained as PostgreSQL', async () => {
  const folder = temporaryFolder();
  const store = await openKyselyStore(`sqlite:${join(folder.path, 'busy.sqlite')}`);
  onTestFinished(async () => {
    await store.close();
    folder.remove();
  });
  const { promise: end, resolve } = Promise.withResolvers<void>();
  const holding = store.storage.atomically(() => end);
  const refused: unknown = await store.storage.atomically(async () => {}).catch((error: unknown) => error);
  resolve();
  await holding.catch(() => {});
  expect(explainFailure(refused)).toBe(
    'the database did not answer in time. Check that it runs, and that no other process has it locked.',
  );
});
