import { Command } from '@commander-js/extra-typings';
import { backupCommand } from './commands/backup.ts';
import { checkCommand } from './commands/check.ts';
import { copyCommand } from './commands/copy.ts';
import { importDjangoCommand } from './commands/import-django.ts';
import { migrateCommand } from './commands/migrate.ts';
import { pruneCommand } from './commands/prune.ts';
import { restoreCommand } from './commands/restore.ts';
import { sessionsCommand } from './commands/sessions.ts';
import { usersCommand } from './commands/users.ts';
import type { Environment } from './environment.ts';

/** Every command, in the order in which `--help` lists them. */
const commands = [
  usersCommand,
  sessionsCommand,
  backupCommand,
  restoreCommand,
  checkCommand,
  copyCommand,
  importDjangoCommand,
  migrateCommand,
  pruneCommand,
];

/** The command line of the operator: it works on the store that `DATABASE_URL` names, or that a command is given. */
export const createProgram = (environment: Environment): Command => {
  const program = new Command('mentorship')
    .description('Looks after the store of a Mentorship API: what an operator does besides running the service.')
    .helpCommand(false)
    .showHelpAfterError('Say --help for what there is.')
    .exitOverride()
    .addHelpText(
      'after',
      `
Settings come from the environment, or from a file .env, as for the service: DATABASE_URL says which store.
The exit code is 0 when it was done, 1 when it was not; then a line on standard error says why.`,
    );
  for (const make of commands) program.addCommand(inherit(make(environment), program));
  return program;
};

/** Commands and those below them fail and print as the program does. */
const inherit = <Child extends { commands: readonly unknown[]; copyInheritedSettings(from: never): unknown }>(
  command: Child,
  from: unknown,
): Child => {
  command.copyInheritedSettings(from as never);
  for (const below of command.commands) inherit(below as Child, from);
  return command;
};
