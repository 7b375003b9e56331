import { fileURLToPath } from 'node:url';
import { launch, type Launched, type LaunchOptions } from './service.ts';

export const cliFile = fileURLToPath(new URL('../../../apps/cli/src/main.ts', import.meta.url));

type Environment = Record<string, string>;
type Where = Pick<LaunchOptions, 'folder'>;

/** Launches the operator's command line, as a process of its own with these variables and no others. */
export const launchCli = (args: string[], environment: Environment = {}, where: Where = {}): Launched =>
  launch(environment, { ...where, command: [process.execPath, cliFile, ...args] });

/** Runs the operator's command line to its end. */
export const runCli = async (...how: Parameters<typeof launchCli>) => {
  await using cli = launchCli(...how);
  const { stdout, stderr, code } = await cli.ended;
  return { stdout, stderr, code };
};
