import { commonSettings, loadEnvFile, namesOf } from '@mentorship/adapters/environment';
import { explainFailure } from '@mentorship/adapters/failures';
import { CommanderError } from 'commander';
import { constants } from 'node:os';
import { ignoreBrokenPipes } from './broken-pipes.ts';
import { domainErrorMessages } from './domain-error-messages.ts';
import { createProgram } from './program.ts';

ignoreBrokenPipes();
// The kernel ignores signals without a handler for the first process of a container. Elsewhere the default is better: it
// ends the process in the middle of a statement of SQLite too.
if (process.pid === 1)
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const)
    process.once(signal, () => process.exit(128 + constants.signals[signal]));
try {
  // Help needs no settings.
  await createProgram(process.env)
    .hook('preAction', () => loadEnvFile(namesOf(commonSettings)))
    .parseAsync();
} catch (error) {
  // Commander has printed a usage error, or the help, which exits with 0.
  const isUsage = error instanceof CommanderError;
  if (!isUsage) process.stderr.write(`Failed: ${explainFailure(error, domainErrorMessages)}\n`);
  process.exitCode = isUsage ? error.exitCode : 1;
}
