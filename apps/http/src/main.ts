import './process/thread-pool.ts';
import { keepCompiled } from './process/compile-cache.ts';
import type { Config } from './config.ts';

// Only what is imported later than the cache is kept in it.
const { loadEnvFile } = await import('@mentorship/adapters/environment');
const { readConfig } = await import('./config.ts');
const { explainStartFailure } = await import('./process/startup-error.ts');

/** What a process does not need it does not load: one that serves alone knows of no others, and a primary of no routes. */
const start = async (config: Config): Promise<void> => {
  if (config.WORKERS === 1) {
    const { serve } = await import('./process/serve.ts');
    return serve(config);
  }
  const { isWorker } = await import('./workers/fork-worker.ts');
  if (isWorker) {
    const { serveAsWorker } = await import('./workers/worker.ts');
    return serveAsWorker(config);
  }
  const { serveWithWorkers } = await import('./workers/primary.ts');
  return serveWithWorkers(config);
};

try {
  loadEnvFile();
  await start(readConfig(process.env));
  keepCompiled();
} catch (error) {
  process.stderr.write(`${explainStartFailure(error)}\n`);
  process.exitCode = 1;
}
