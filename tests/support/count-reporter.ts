import { relative, sep } from 'node:path';
import type { Reporter, SerializedError, TestCase, TestModule, TestRunEndReason, TestSuite } from 'vitest/node';

type Counts = { passed: number; failed: number; skipped: number };

/**
 * Prints a line for each file that passes, and at the end why tests were skipped and how many tests of each layer and
 * store there were. CI reads the last line.
 */
export class CountReporter implements Reporter {
  readonly #whyNotRun: string;

  /** `whyNotRun`: why the tests whose names do not match the pattern of this run are skipped. */
  constructor(whyNotRun = 'the name does not match the pattern of this run') {
    this.#whyNotRun = whyNotRun;
  }

  onTestModuleEnd(module: TestModule): void {
    if (module.state() !== 'passed') return;
    const { collectDuration, setupDuration, duration } = module.diagnostic();
    const seconds = ((collectDuration + setupDuration + duration) / 1000).toFixed(1);
    const tally = counts();
    for (const test of module.children.allTests()) tally[stateOf(test)]++;
    console.log(`  ${seconds.padStart(5)} s  ${pathOf(module)}: ${inWords(tally)}`);
  }

  onTestRunEnd(modules: readonly TestModule[], _: readonly SerializedError[], reason: TestRunEndReason): void {
    const total = counts();
    const layers = new Map<string, { all: Counts; stores: Map<string, Counts> }>();
    const skips = new Map<string, string[]>();
    for (const module of modules) {
      const layer = getOrAdd(layers, layerOf(module), () => ({ all: counts(), stores: new Map() }));
      for (const test of module.children.allTests()) {
        const store = storeOf(test);
        const tallies = [total, layer.all, ...(store ? [getOrAdd(layer.stores, store, counts)] : [])];
        const state = stateOf(test);
        for (const tally of tallies) tally[state]++;
        if (state === 'skipped')
          getOrAdd(skips, noteOf(test) ?? this.#whyNotRun, () => []).push(`${pathOf(module)} > ${test.fullName}`);
      }
      const broken = brokenOutsideTests(module);
      for (const tally of [total, layer.all]) tally.failed += broken;
    }
    // An error outside every test, or an interruption, must not read as success.
    if (reason !== 'passed') total.failed ||= 1;

    const skipped = byName(skips).map(([why, names]) => `  skipped: ${nameOrCount(names)}: ${why}`);
    const lines = byName(layers).map(([name, { all, stores }]) => {
      const perStore = byName(stores).map(([store, tally]) => `${store}: ${inWords(tally)}`);
      return [`  ${name.padEnd(14)}${inWords(all)}`, ...perStore.map((line) => `    ${line}`)].join('\n');
    });
    console.log(['', ...skipped, ...lines, inWords(total, true)].join('\n'));
  }
}

const counts = (): Counts => ({ passed: 0, failed: 0, skipped: 0 });

const inWords = ({ passed, failed, skipped }: Counts, always = false): string =>
  [
    `${passed} passed`,
    ...(failed || always ? [`${failed} failed`] : []),
    ...(skipped ? [`${skipped} skipped`] : []),
  ].join(', ');

/** A test that never ran (its hook failed, the run was cut short) did not pass. */
const stateOf = (test: TestCase): keyof Counts => {
  const { state } = test.result();
  return state === 'pending' ? 'failed' : state;
};

/** Why a test skipped itself: `skip(condition, reason)` of its context. */
const noteOf = (test: TestCase): string | undefined => {
  const result = test.result();
  if (result.state !== 'skipped') return undefined;
  return result.note ?? (test.project.config.testNamePattern ? undefined : 'no reason given');
};

const nameOrCount = (names: readonly string[]): string =>
  names.length <= 3 ? names.join('; ') : `${names.length} tests`;

const pathOf = (module: TestModule): string => relative(module.project.config.root, module.moduleId);

const layerOf = (module: TestModule): string => pathOf(module).split(sep)[0] ?? '';

const storeOf = (test: TestCase): string | undefined => {
  let parent: TestSuite | TestModule = test.parent;
  while (parent.type === 'suite') {
    const store = / on (memory|sqlite|postgres)$/.exec(parent.name)?.[1];
    if (store) return store;
    parent = parent.parent;
  }
  return undefined;
};

/** A file that cannot be loaded or a failed hook counts, or the run would end with "0 failed". */
const brokenOutsideTests = (module: TestModule): number =>
  [module, ...module.children.allSuites()].filter((part) => part.errors().length > 0).length;

const byName = <Value>(map: Map<string, Value>): [string, Value][] => [...map].toSorted(([a], [b]) => (a < b ? -1 : 1));

const getOrAdd = <Value>(map: Map<string, Value>, key: string, make: () => Value): Value => {
  const value = map.get(key) ?? make();
  map.set(key, value);
  return value;
};
