import { Command } from '@commander-js/extra-typings';
import { administrate } from '../administration.ts';
import type { Environment } from '../environment.ts';
import { jsonOption, openOutput } from '../output.ts';

export const sessionsCommand = (environment: Environment) =>
  new Command('sessions').description('log users out').addCommand(endCommand(environment));

const endCommand = (environment: Environment) =>
  new Command('end')
    .description('end all sessions of one user or of all users; running processes refuse them within a second')
    .option('--user <username>', 'the sessions of this user; case does not matter')
    .option('--everybody', 'the sessions of all users')
    .option(...jsonOption)
    .action(async ({ user: username, everybody = false, json }, command) => {
      const output = openOutput({ json });
      if ((username === undefined) !== everybody) command.error('error: name either --user <username> or --everybody');
      const endedSessions = await administrate(environment, async (to) => {
        if (username !== undefined) return (await to.endUserSessions({ username })).endedSessions;
        return output.working('users', (onProgress) => to.endEverySession({ onProgress }));
      });
      output.say(`Sessions ended: ${endedSessions}.`);
      output.result({ endedSessions });
    });
