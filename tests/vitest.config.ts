import { defineConfig } from 'vitest/config';
import { CountReporter } from './support/count-reporter.ts';

/** What `pnpm test:quick` runs: no process is started, PostgreSQL least of all. */
const quick = {
  include: ['{architecture,contracts,domain,use-cases}/**/*.test.ts'],
  testNamePattern: /^(?!.* on postgres( |$))/,
  maxWorkers: '100%',
};
const whyNotQuick = 'test:quick starts no PostgreSQL; npx -y pnpm@12 test runs them';

const complete = { include: ['**/*.test.ts'], globalSetup: ['./support/processes/postgres-server.ts'] };

export default defineConfig(({ mode }) => ({
  test: {
    environment: 'node',
    ...(mode === 'quick' ? quick : complete),
    // Test files share a worker and its modules, which keep no state: otherwise each file pays for its own imports.
    isolate: false,
    reporters: ['minimal', mode === 'quick' ? new CountReporter(whyNotQuick) : new CountReporter()],
    // For a slow machine that others use too; a test that needs more says so itself.
    testTimeout: 30_000,
    hookTimeout: 60_000,
  },
}));
