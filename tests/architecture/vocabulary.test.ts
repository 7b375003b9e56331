import { globSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const root = fileURLToPath(new URL('../../', import.meta.url));

/** Words of an earlier, private vocabulary, and the field's word in place of each. */
const replaced: readonly [pattern: RegExp, plain: string][] = [
  [/\bpatience\b|\bwithOnePatience\b|\busualPatience\b|\binTime\b/i, 'deadline, beforeDeadline'],
  [/\bTurns\.|\bwhenLoopTurns\b|\btakes? turns\b|\bin turns\b/, 'write queue, event loop iteration, alternate'],
  [/\btransactions (that )?share a commit\b|\bmostTogether\b|\bsavepoint mine\b/, 'group commit, maxBatchSize'],
  [/\bSlots?\b|\bshapedStatement\b/, 'placeholder, preparedQuery'],
  [/\bloans?\b|\blen(d|ds|t|der|ding)\b|\bcreateLender\b|\bcreateAsking\b/i, 'lease, acquire, run'],
  [
    /(?<!['`=])\bnobody\b(?!['`])|\bsomebody\b|\bwhoever\b|\bmade by lot\b|\bby lot\b/i,
    'the actor; randomly generated',
  ],
  [/\bFileBeside\b|\bnameAnew\b|\bkeepAs\b|\banew\b/, 'AtomicFile, rename, keepCopyAs; again'],
  [/\bcore-share\b|\bhashesAtOnce\b|\bstandBack\b|\b(stand|stands|stood) back\b/, 'hashConcurrency, lower priority'],
  [/\bcrews?\b|\bhire[sd]?\b|\bwellFor\b/i, 'worker pool, spawn, stableAfterMs'],
  [/\btellState\b|\btold\b|\bToldEvent\b/, 'registerStateMetrics; reported, recorded'],
  [/\brefuseOddRequests\b|\bnode-refusals\b|\bodd\b/i, 'handleProtocolErrors, malformed, unusual'],
  [/\bendedToo\b|\bgoesOn\b|\bgoes on\b|\bgo on\b|\bunsaidProfile\b/, 'allowEndedSession, hasMentees, continues'],
  [/\btrust[ -]poll(s|ing)?\b|\bknowledge of ended sessions\b/i, 'revocation polling'],
  [/\bgreetings?\b|\bmoments?\b/i, 'banner, timestamp, time'],
  [/\btak(e|es|en|ing) leave\b/, 'drain, shut down'],
  [/\bnextTurn\b|(?<!event loop )\bturns?\b(?!.* into\b)/i, 'write queue; event loop turn'],
  [/(?<!exportName\.|\bany )\b[kK]inds?\b|[a-z]Kinds?\b|\bkinds?[A-Z]/, 'type, outcome, engine: name the thing'],
  [
    /\b(const|let) (look|share|whole)s?\b|\b(look|share|whole)\(|\.(look|share|whole)\b/,
    'read; ratio, fraction, batch; complete, query',
  ],
  [/\b(that|those|these) of\b/i, 'repeat the noun, or use its genitive'],
];

const files = globSync(
  ['*.{md,json,yaml}', '.env.example', 'Dockerfile', '.ci/*', 'deploy/*', 'docs/**/*.md'].concat(
    ['apps', 'packages', 'tests', 'verify', 'bench'].map((folder) => `${folder}/**/*.{ts,md,json,lua,sql}`),
  ),
  { cwd: root, exclude: (path) => path.endsWith('node_modules') },
).filter((path) => !/^CHANGELOG\.md$|vocabulary\.test\.ts$|fixtures\/.*\.(json|md|sql)$/.test(path));

test('reads the repository', () => {
  expect(files.length).toBeGreaterThan(500);
  expect(files).toEqual(expect.arrayContaining(['README.md', 'apps/http/src/main.ts', 'tests/architecture/signs.ts']));
});

test.each(replaced)('%s is not used: %s', (pattern) => {
  const hits = files.flatMap((path) =>
    readFileSync(`${root}${path}`, 'utf8')
      .split('\n')
      .flatMap((line, index) => (pattern.test(line) ? [`${path}:${index + 1}: ${line.trim()}`] : [])),
  );
  expect(hits).toEqual([]);
});
