import { Command } from '@commander-js/extra-typings';
import { administrate } from '../administration.ts';
import type { Environment } from '../environment.ts';
import { jsonOption, openOutput } from '../output.ts';

export const sessionsCommand = (environment: Environment) =>
  new Command('sessions').description('log users out').addCommand(endCommand(environment));

const endCommand = (environment: Environment) =>
  new Command('end')
    .description('end all sessions of a user, or of everybody; every running process refuses them within a second')
    .option('--user <username>', 'whose sessions, in upper or lower case')
    .option('--everybody', 'the sessions of all users')
    .option(...jsonOption)
    .action(async ({ user: username, everybody = false, json }, command) => {
      const output = openOutput({ json });
      if ((username === undefined) !== everybody)
        command.error('error: say whose sessions: --user <username>, or --everybody');
      const endedSessions = await administrate(environment, async (to) => {
        if (username !== undefined) return (await to.endUserSessions({ username })).endedSessions;
        return output.working('users', (onProgress) => to.endEverySession({ onProgress }));
      });
      output.say(`Sessions ended: ${endedSessions}.`);
      output.result({ endedSessions });
    });
