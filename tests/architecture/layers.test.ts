import { describe, expect, test } from 'vitest';
import { houses, missingUseCaseTests, readSources, violationsIn } from '../support/architecture.ts';
import { isMissed, signsOf } from '../support/signs.ts';

test.each(houses)('%s has files to look at', (house) => {
  expect(readSources().some(({ path }) => path.startsWith(`${house}/src/`))).toBe(true);
});

test('every source file keeps the rules', () => {
  expect(violationsIn(readSources())).toEqual([]);
});

test.each(signsOf(readSources()).filter(({ most }) => most !== undefined))('$name: at most $most', (sign) => {
  expect(isMissed(sign), `${sign.figure} ${sign.detail}`).toBe(false);
});

test('a sign above its aim is missed', () => {
  const file = { path: 'packages/domain/src/a.ts', text: 'export const rows: any[] = [];\n'.repeat(201) };
  expect(
    signsOf([file])
      .filter(isMissed)
      .map(({ name }) => name),
  ).toEqual(['median lines', 'longest file', 'any', 'duplicated blocks']);
});

describe('each use case', () => {
  const useCases = {
    path: 'packages/application/src/application.ts',
    text: `import { logIn } from './sessions/log-in.ts';
           import { sendReminder } from './reminders/send-reminder.ts';
           import type { Ports } from './ports/index.ts';`,
  };

  test('has the test of its name', () => {
    expect(missingUseCaseTests(readSources())).toEqual([]);
    const looked: string[] = [];
    missingUseCaseTests(readSources(), (path) => looked.push(path) > 0);
    expect(looked.length).toBeGreaterThan(20);
  });

  test('without one fails, and the message names the file to add', () => {
    expect(missingUseCaseTests([useCases])).toEqual([
      'Add tests/use-cases/reminders/send-reminder.test.ts: each use case has the test of its name.',
    ]);
  });
});

const layers = 'domain <- application <- adapters <- apps/http';
const baseClass = 'no base class but Error, except of Kysely in its adapter';
const noCommands = 'starts no process and evaluates no text';
const domain = 'packages/domain/src/a.ts';
const application = 'packages/application/src/a.ts';
const adapter = 'packages/adapters/src/kysely/a.ts';
const outsideKysely = 'packages/adapters/src/maintenance/a.ts';
const route = 'apps/http/src/routes/a.ts';
const workers = 'apps/http/src/workers/fork-worker.ts';

describe('a planted violation is caught', () => {
  test.each<[rule: string, path: string, text: string]>([
    [layers, domain, `import { sql } from 'kysely';`],
    [layers, domain, `import { hash } from 'node:crypto';`],
    [layers, domain, `import type { Clock } from '@mentorship/application';`],
    [layers, domain, `export * from '../../application/src/index.ts';`],
    [layers, domain, `export {} from 'kysely';`],
    [layers, domain, `import Clock = require('kysely');`],
    [layers, domain, `export type { Clock } from '@mentorship/application';`],
    [layers, domain, `const clock = await import('@mentorship/application');`],
    [layers, domain, 'const clock = await import(`@mentorship/application`);'],
    [layers, domain, `let clock: import('@mentorship/application').Clock;`],
    [layers, application, `import { memoryStorage } from '@mentorship/adapters/memory';`],
    [layers, application, `import { randomUUID } from 'node:crypto';`],
    [layers, application, `import 'kysely';`],
    [layers, adapter, `import { app } from '@mentorship/http';`],
    [layers, adapter, `import { app } from '../../../../apps/http/src/app.ts';`],
    [layers, route, `import { users } from '../../../../packages/adapters/src/kysely/users.ts';`],
    ['only apps/http knows fastify', adapter, `import type { FastifyInstance } from 'fastify';`],
    ['only apps/http knows fastify', adapter, `import jwt from '@fastify/jwt';`],
    ['only the wiring knows the container', route, `import { container } from 'tsyringe';`],
    [noCommands, adapter, `import { exec } from 'node:child_process';`],
    [noCommands, workers, `import { fork } from 'node:child_process';`],
    [noCommands, 'apps/cli/src/main.ts', `import cluster from 'node:cluster';`],
    [noCommands, 'apps/http/src/workers/worker-pool.ts', `import cluster from 'node:cluster';`],
    [noCommands, route, `import type { Worker } from 'cluster';`],
    [noCommands, route, `const { runInThisContext } = await import('vm');`],
    [noCommands, route, `export const sum = eval('1 + 1');`],
    [noCommands, adapter, `export const sum = new Function('return 1 + 1');`],
    [noCommands, adapter, `export const sum = Function('return 1 + 1');`],
    [noCommands, adapter, `export const sum = globalThis.eval('1 + 1');`],
    ['no any', adapter, 'export const rows: any[] = [];'],
    ['no decorators', adapter, '@injectable() export class Users {}'],
    [baseClass, adapter, 'export class Users extends Repository {}'],
    [baseClass, adapter, 'export const Users = class extends Repository {};'],
    [baseClass, adapter, `import { Database } from 'better-sqlite3'; export class Users extends Database {}`],
    [baseClass, adapter, `import { Error } from 'better-sqlite3'; export class Users extends Error {}`],
    [baseClass, adapter, `import { Base } from './base.ts'; export class Users extends Base {}`],
    [
      baseClass,
      outsideKysely,
      `import { SqliteQueryCompiler } from 'kysely'; class Compiler extends SqliteQueryCompiler {}`,
    ],
    ['no default exports', adapter, 'export default 1;'],
    ['no default exports', adapter, 'const users = 1; export { users as default };'],
    ['at most three folders deep', 'packages/adapters/src/kysely/users/queries/names/a.ts', ''],
    ['no import cycles', adapter, `import type { A } from './a.ts';`],
    ['parses', adapter, 'const = 1;'],
  ])('%s: %s: %s', (rule, path, text) => {
    expect(violationsIn([{ path, text }]).map((violation) => violation.rule)).toEqual([rule]);
  });

  test('an import cycle of several files, once', () => {
    const cycle = ['a', 'b', 'c'].map((name, at, names) => ({
      path: `packages/domain/src/${name}.ts`,
      text: `import './${names[(at + 1) % names.length]}.ts';`,
    }));
    expect(violationsIn(cycle)).toHaveLength(1);
  });

  test('and what is allowed is not', () => {
    const allowed = [
      { path: domain, text: `export { b } from './b.ts'; export class DomainError extends Error {}` },
      { path: application, text: `import { parse } from '@mentorship/domain';` },
      {
        path: adapter,
        text: `import type { Clock } from '@mentorship/application'; import { Kysely } from 'kysely'; import 'node:fs'; class Own extends Kysely {}`,
      },
      {
        path: route,
        text: `import { memoryStorage } from '@mentorship/adapters/memory'; import { fastify } from 'fastify';`,
      },
      { path: workers, text: `import cluster from 'node:cluster';` },
      { path: 'apps/http/src/container.ts', text: `import { container } from 'tsyringe';` },
    ];
    expect(violationsIn(allowed)).toEqual([]);
  });
});
