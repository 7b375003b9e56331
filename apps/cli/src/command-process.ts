import { unfinishedFiles } from '@mentorship/adapters/maintenance';

unfinishedFiles.subscribe((path) => process.send?.(path, () => {}));
// The process that waits for this one was killed.
process.once('disconnect', () => process.exit(1));
process.channel?.unref();

await import('./run-command.ts');
