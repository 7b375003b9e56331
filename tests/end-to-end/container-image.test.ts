import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test, vi } from 'vitest';
import { commandOf, copyContext, instructionsOf } from '../support/processes/dockerfile.ts';
import { freePort } from '../support/processes/postgres-server.ts';
import { call, launch, register } from '../support/processes/service.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

vi.setConfig({ testTimeout: 300_000 });

const root = fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/, '');
const instructions = instructionsOf(readFileSync(join(root, 'Dockerfile'), 'utf8'));
const textOf = (name: string) => instructions.find((instruction) => instruction.name === name)?.text ?? '';

test('the Dockerfile has only the instructions that this test runs', () => {
  expect(instructions.map(({ name }) => name)).toEqual(
    'FROM WORKDIR COPY RUN RUN USER ENV EXPOSE HEALTHCHECK STOPSIGNAL CMD'.split(' '),
  );
  // The Node version of the repository.
  expect(textOf('FROM')).toMatch(/^node:26-\w+-slim$/);
  expect(textOf('USER')).toBe('node');
});

// Runs the steps in an empty folder, without a container engine.
test('the image built by the Dockerfile starts, is healthy, and stops by its signal', async () => {
  const folder = temporaryFolder();
  const workdir = join(folder.path, textOf('WORKDIR'));
  mkdirSync(workdir);
  const path = `${dirname(process.execPath)}:${process.env['PATH']}`;
  // Cached packages are not downloaded again.
  const offline = { npm_config_prefer_offline: 'true', pnpm_config_prefer_offline: 'true' };
  const buildEnvironment = { ...process.env, ...offline, CI: 'true', PATH: path };
  const steps: Record<string, (text: string) => void> = {
    COPY(text) {
      expect(text).toBe('. .');
      copyContext(root, workdir);
    },
    RUN(text) {
      const command = text.replaceAll(/--mount=\S+ /g, '');
      execFileSync('sh', ['-c', command], { cwd: workdir, env: buildEnvironment, stdio: 'pipe' });
    },
  };
  for (const { name, text } of instructions) steps[name]?.(text);
  expect(readdirSync(workdir).toSorted()).toEqual(
    'apps data node_modules package.json packages pnpm-lock.yaml pnpm-workspace.yaml'.split(' '),
  );

  const set = Object.fromEntries(
    textOf('ENV')
      .split(' ')
      .map((pair) => pair.split('=', 2)),
  );
  expect(set).toMatchObject({ HOST: '0.0.0.0', PORT: textOf('EXPOSE') });
  const environment = { ...set, PATH: path, HOST: '127.0.0.1', PORT: `${await freePort()}` };
  const [node, ...args] = commandOf(textOf('CMD'));
  expect(node).toBe('node');
  await using service = launch(environment, { folder: workdir, command: [process.execPath, ...args] });
  const url = await service.listening;
  expect(await call(url, 'GET /readyz')).toMatchObject({ status: 200 });
  expect((await register(url, 'john')).status).toBe(201);
  expect(readdirSync(join(workdir, 'data'))).toContain('mentorship.sqlite');

  const [checker, ...check] = commandOf(textOf('HEALTHCHECK'));
  expect(checker).toBe('node');
  const isHealthy = () => {
    try {
      execFileSync(process.execPath, check, { env: environment, stdio: 'pipe' });
      return true;
    } catch {
      return false;
    }
  };
  expect(isHealthy()).toBe(true);
  expect(await service.stop(textOf('STOPSIGNAL') as NodeJS.Signals)).toMatchObject({ code: 0 });
  expect(isHealthy()).toBe(false);
  folder.remove();
});
