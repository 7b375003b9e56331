import { loadEnvFile, misspeltNames } from '@mentorship/adapters/environment';
import { explainFailure } from '@mentorship/adapters/failures';
import { CommanderError } from 'commander';
import { ignoreBrokenPipes } from './broken-pipes.ts';
import { domainErrorMessages } from './domain-error-messages.ts';
import { warn } from './output.ts';
import { createProgram } from './program.ts';

ignoreBrokenPipes();
try {
  // Help needs no settings.
  await createProgram(process.env)
    .hook('preAction', () => {
      loadEnvFile();
      warn(misspeltNames(process.env));
    })
    .parseAsync();
} catch (error) {
  // Commander has printed a usage error, or the help, which exits with 0.
  const isUsage = error instanceof CommanderError;
  if (!isUsage) process.stderr.write(`Failed: ${explainFailure(error, domainErrorMessages)}\n`);
  process.exitCode = isUsage ? error.exitCode : 1;
}
