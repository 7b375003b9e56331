import { once } from 'node:events';
import { openKyselyStore } from '@mentorship/adapters/kysely';

/** A process that is ready when it says so, opens the store at the URL of its argument at a word, and says so too. */
const [url = ''] = process.argv.slice(2);
process.stdout.write('ready\n');
await once(process.stdin, 'data');
const store = await openKyselyStore(url);
await store.storage.ping();
process.stdout.write('open\n');
await store.close();
process.stdin.destroy();
