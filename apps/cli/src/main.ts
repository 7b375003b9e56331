import { loadEnvFile } from '@mentorship/adapters/environment';
import { explainFailure } from '@mentorship/adapters/failures';
import { CommanderError } from 'commander';
import { outliveReaders } from './broken-pipes.ts';
import { createProgram } from './program.ts';
import { refusals } from './domain-error-messages.ts';

outliveReaders();
try {
  // Help needs no settings.
  await createProgram(process.env).hook('preAction', loadEnvFile).parseAsync();
} catch (error) {
  // Wrong usage has been told by the parser, with what would be right; help is no failure.
  if (!(error instanceof CommanderError)) process.stderr.write(`Failed: ${explainFailure(error, refusals)}\n`);
  process.exitCode = error instanceof CommanderError ? error.exitCode : 1;
}
