/**
 * Counts with strace how often the service syncs its SQLite files during registrations, and whether each response left
 * after a sync: node end-to-end/count-syncs.ts [registrations]
 */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { launch, mainFile, register } from '../support/processes/service.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

if (spawnSync('strace', ['-V']).error) throw new Error('strace is not installed. Install it: apt-get install strace');

const registrations = Number(process.argv[2] ?? 100);
const folder = temporaryFolder();
const trace = join(folder.path, 'trace');
const strace = ['strace', '-f', '-y', '-s', '20', '-e', 'trace=fsync,fdatasync,write,writev', '-o', trace];
const { PATH = '' } = process.env;
// strace does not forward SIGTERM, so the signal goes to the process group.
const service = launch(
  { PATH },
  { folder: folder.path, group: true, command: [...strace, process.execPath, mainFile] },
);
try {
  const url = await service.listening;
  const start = readFileSync(trace, 'utf8').length;
  for (let count = 0; count < registrations; count++) {
    const { status } = await register(url, `user-${count}`);
    if (status !== 201) throw new Error(`The registration of user-${count} returned ${status}.`);
  }
  const lines = readFileSync(trace, 'utf8').slice(start).split('\n');

  let syncs = 0;
  let synced = false;
  const responses = { afterSync: 0, withoutSync: 0 };
  for (const line of lines) {
    if (/f(data)?sync\(\d+<.*mentorship\.sqlite/.test(line)) syncs++;
    if (/f(data)?sync(\(| resumed).*= 0/.test(line)) synced = true;
    if (!line.includes('"HTTP/1.1 201')) continue;
    responses[synced ? 'afterSync' : 'withoutSync']++;
    synced = false;
  }
  console.log(`${registrations} registrations: ${syncs} syncs of the database files`);
  console.log(`responses sent after a sync: ${responses.afterSync}, without: ${responses.withoutSync}`);
} finally {
  await service.stop('SIGTERM');
  folder.remove();
}
