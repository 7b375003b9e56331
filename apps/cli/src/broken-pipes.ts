/** Lets a command finish, with its own exit code, when the reader of its output is gone: `… | head -1`. */
export const ignoreBrokenPipes = (): void => {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE' || process.exitCode === 1) return;
    process.stderr.write(`Failed: the result cannot be written (${error.message}).\n`);
    process.exitCode = 1;
  });
  process.stderr.on('error', () => {});
};
