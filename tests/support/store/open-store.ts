import { once } from 'node:events';
import { openKyselyStore } from '@mentorship/adapters/kysely';

/** Prints "ready", waits for input, opens the store at the URL in its first argument, and prints "open". */
const [url = ''] = process.argv.slice(2);
process.stdout.write('ready\n');
await once(process.stdin, 'data');
const store = await openKyselyStore(url);
await store.storage.ping();
process.stdout.write('open\n');
await store.close();
process.stdin.destroy();
