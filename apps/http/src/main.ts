import './process/thread-pool.ts';
import { flushCompileCacheSoon } from './process/compile-cache.ts';
import type { Config } from './config.ts';

// The cache only has modules that are imported after it is enabled.
const { loadEnvFile } = await import('@mentorship/adapters/environment');
const { readConfig } = await import('./config.ts');
const { explainStartFailure } = await import('./process/startup-error.ts');
const { surviveOutputErrors } = await import('./process/log-output.ts');
const { exitOn, onStopSignal } = await import('./process/signals.ts');

/** Loads only the modules that this process needs: a single process loads no workers, a primary no routes. */
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

surviveOutputErrors();
onStopSignal(exitOn);
try {
  loadEnvFile();
  await start(readConfig(process.env));
  flushCompileCacheSoon();
} catch (error) {
  process.stderr.write(`${explainStartFailure(error)}\n`);
  process.exitCode = 1;
}
