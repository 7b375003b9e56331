import { join } from 'node:path';
import { startServer } from '../tests/support/processes/postgres-server.ts';
import { temporaryFolder } from '../tests/support/temporary-folder.ts';

export const engines = ['sqlite', 'postgres'] as const;
export type Engine = (typeof engines)[number];

/** The settings of a durable PostgreSQL: the one of the tests does not write to the disk. */
const durable = {
  fsync: 'on',
  synchronous_commit: 'on',
  full_page_writes: 'on',
  shared_buffers: '512MB',
  max_wal_size: '4GB',
};

/** Creates an empty database; disposing deletes it. */
export const createDatabase = async (engine: Engine): Promise<AsyncDisposable & { url: string }> => {
  if (engine === 'postgres') {
    const { url, stop } = await startServer(durable);
    return { url, [Symbol.asyncDispose]: stop };
  }
  const folder = temporaryFolder();
  return {
    url: `sqlite:${join(folder.path, 'mentorship.sqlite')}`,
    [Symbol.asyncDispose]: async () => folder.remove(),
  };
};
