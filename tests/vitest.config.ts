import { defineConfig } from 'vitest/config';
import { CountReporter } from './support/count-reporter.ts';

export default defineConfig({
  test: {
    environment: 'node',
    include: ['**/*.test.ts'],
    // No state of a module outlives a test file, so the files share their modules: import and transform are paid once.
    isolate: false,
    globalSetup: ['./support/processes/postgres-server.ts'],
    reporters: ['default', new CountReporter()],
    // For a slow machine that others use too; a test that needs more says so itself.
    testTimeout: 30_000,
    hookTimeout: 60_000,
  },
});
