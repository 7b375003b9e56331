import { showInvisible } from '@mentorship/adapters/failures';
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

/** The command line of the operator, for the store in `DATABASE_URL` or in the arguments of a command. */
export const createProgram = (environment: Environment): Command => {
  const program = new Command('mentorship')
    .description('Administer the users and the store of a Mentorship API.')
    .helpCommand(false)
    .showHelpAfterError('Run it with --help to see what it can do.')
    .exitOverride()
    .configureOutput({
      // Errors repeat the arguments, which a script may have read from elsewhere.
      outputError: (text, write) => write(text.split('\n').map(showInvisible).join('\n')),
    })
    .addHelpText(
      'after',
      `
Settings come from the environment or a file .env, as for the service: DATABASE_URL names the store.
The exit code is 0 on success. On failure it is 1, and a line on standard error says why. Ctrl-C ends a command at once.`,
    );
  for (const make of commands) program.addCommand(inherit(make(environment), program));
  return program;
};

/** Gives a command and its subcommands the error handling and output of the program. */
const inherit = <Child extends { commands: readonly unknown[]; copyInheritedSettings(from: never): unknown }>(
  command: Child,
  from: unknown,
): Child => {
  command.copyInheritedSettings(from as never);
  for (const subcommand of command.commands) inherit(subcommand as Child, from);
  return command;
};
