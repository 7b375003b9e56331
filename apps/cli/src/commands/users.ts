import { isUtf8 } from 'node:buffer';
import { buffer } from 'node:stream/consumers';
import { Command } from '@commander-js/extra-typings';
import type { UserChange } from '@mentorship/application';
import { administrate } from '../administration.ts';
import type { Environment } from '../environment.ts';
import { generatePassword } from '../generate-password.ts';
import { jsonOption, openOutput } from '../output.ts';

export const usersCommand = (environment: Environment) =>
  new Command('users')
    .description('reset passwords, deactivate, activate and unlock accounts')
    .addCommand(resetPasswordCommand(environment))
    .addCommand(deactivateCommand(environment))
    .addCommand(activateCommand(environment))
    .addCommand(unlockCommand(environment));

const nameArgument = ['<username>', 'case does not matter'] as const;

const toResult = ({ user, changed, endedSessions }: UserChange) => ({
  username: user.username,
  changed,
  endedSessions,
});

/** Reads standard input without its line break; null when it is not UTF-8, which no login could send. */
const readPassword = async (): Promise<string | null> => {
  const bytes = await buffer(process.stdin);
  return isUtf8(bytes) ? new TextDecoder().decode(bytes).replace(/\r?\n$/, '') : null;
};

const resetPasswordCommand = (environment: Environment) =>
  new Command('reset-password')
    .description('set a new password (randomly generated, shown once) and end all sessions of the user')
    .argument(...nameArgument)
    .option('--stdin', 'read the new password from standard input and do not show it')
    .option(...jsonOption)
    .action(async (username, { stdin, json }, command) => {
      const output = openOutput({ json });
      const password = stdin ? await readPassword() : generatePassword();
      if (password === null)
        return command.error('error: standard input is not UTF-8 text; send the password in UTF-8');
      const change = await administrate(environment, (to) => to.resetPassword({ username, password }));
      const { user, endedSessions } = change;
      if (!stdin) output.say(`The new password of ${user.username} is ${password}`);
      output.say(`${user.username} has a new password. Sessions ended: ${endedSessions}.`);
      if (user.deactivatedAt !== null)
        output.say(`The account is still deactivated. To activate it: users activate ${user.username}`);
      output.result({ ...toResult(change), ...(!stdin && { password }) });
    });

const deactivateCommand = (environment: Environment) =>
  new Command('deactivate')
    .description('refuse logins to the account and end its sessions; nothing else changes')
    .argument(...nameArgument)
    .option(...jsonOption)
    .action(async (username, { json }) => {
      const output = openOutput({ json });
      const change = await administrate(environment, (to) => to.deactivateUser({ username }));
      const { user, changed, endedSessions } = change;
      output.say(`${user.username} ${changed ? 'is' : 'was already'} deactivated. Sessions ended: ${endedSessions}.`);
      output.result(toResult(change));
    });

const activateCommand = (environment: Environment) =>
  new Command('activate')
    .description('allow logins to a deactivated account again')
    .argument(...nameArgument)
    .option(...jsonOption)
    .action(async (username, { json }) => {
      const output = openOutput({ json });
      const change = await administrate(environment, (to) => to.activateUser({ username }));
      output.say(`${change.user.username} ${change.changed ? 'can log in again' : 'was already active'}.`);
      output.result(toResult(change));
    });

const unlockCommand = (environment: Environment) =>
  new Command('unlock')
    .description('let a user log in at once whom too many failed logins keep out (429)')
    .argument(...nameArgument)
    .option(...jsonOption)
    .addHelpText(
      'after',
      `
Resets the counts of failed logins with this name, also at the addresses where a limit was used up, and the user's own
count of password changes. Passwords and sessions stay. A limit ends by itself after its period, 15 minutes by default;
an attack that continues uses it up again.`,
    )
    .action(async (username, { json }) => {
      const output = openOutput({ json });
      const change = await administrate(environment, (to) => to.unlockUser({ username }));
      output.say(`The limits on failed logins of ${change.user.username} begin again.`);
      output.result(toResult(change));
    });
