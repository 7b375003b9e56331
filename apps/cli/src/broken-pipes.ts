/** Lets the work go on to its end, with its own exit code, when nobody reads any more what it tells: `… | head -1`. */
export const outliveReaders = (): void => {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE' || process.exitCode === 1) return;
    process.stderr.write(`Failed: what came of it cannot be written (${error.message}).\n`);
    process.exitCode = 1;
  });
  process.stderr.on('error', () => {});
};
