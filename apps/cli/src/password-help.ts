/** For the help of commands that take the URL of a PostgreSQL server. */
export const passwordHelp = `Every user of the machine can read the arguments of a command: leave the password out of the URL. It is taken from
PGPASSWORD, or from ~/.pgpass (PGPASSFILE), which has a password for each server and user.`;
