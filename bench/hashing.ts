/** The throughput of argon2 without a service: one hash at a time on each core. */
import { availableParallelism } from 'node:os';
import { argon2id, hash, verify } from 'argon2';

process.env['UV_THREADPOOL_SIZE'] ??= String(availableParallelism() + 4);
const [seconds = '3'] = process.argv.slice(2);
const encoded = await hash('12345678', { type: argon2id, memoryCost: 19_456, timeCost: 2, parallelism: 1 });
let hashes = 0;
const began = performance.now();
const until = began + Number(seconds) * 1000;
await Promise.all(
  Array.from({ length: availableParallelism() }, async () => {
    for (; performance.now() < until; hashes++) await verify(encoded, '12345678');
  }),
);
process.stdout.write(`listening on ${(hashes / (performance.now() - began)) * 1000}\n`);
