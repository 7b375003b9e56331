import { DatabaseSync } from 'node:sqlite';
import { Client } from 'pg';

/** Has the database open, as a program that works on it, until it is disposed of. */
export const hold = async (url: string): Promise<AsyncDisposable> => {
  if (url.startsWith('sqlite:')) {
    const database = new DatabaseSync(url.slice('sqlite:'.length));
    database.exec('begin immediate');
    return { [Symbol.asyncDispose]: async () => database.close() };
  }
  const client = new Client({ connectionString: url });
  await client.connect();
  return { [Symbol.asyncDispose]: () => client.end() };
};
