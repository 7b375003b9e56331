import { cyclesIn, depthOf, factsOf, forbiddenBaseClasses, readSources, type Facts } from '../support/architecture.ts';

const sources = readSources();
const files = sources.map(factsOf);
const bySize = files.toSorted((a, b) => a.lines - b.lines);
const longest = bySize.at(-1);
const knowing = files.filter(({ dialects }) => dialects).map(({ path }) => path);
const sum = (count: (file: Facts) => number): number => files.reduce((total, file) => total + count(file), 0);

/** Stretches of eight lines or more that stand in two places; imports and lone brackets are not counted. */
const duplicatedBlocks = (length = 8): number => {
  const seen = new Set<string>();
  let blocks = 0;
  for (const { text } of sources) {
    const lines = text
      .split('\n')
      .map((line) => line.trim())
      .filter((line) => /\w/.test(line) && !line.startsWith('import '));
    let inside = false;
    for (let at = 0; at + length <= lines.length; at++) {
      const block = lines.slice(at, at + length).join('\n');
      if (seen.has(block) && !inside) blocks++;
      inside = seen.has(block);
      seen.add(block);
    }
  }
  return blocks;
};

const signs: [name: string, figure: number, aim: string, detail?: string | undefined][] = [
  ['source files', files.length, ''],
  ['median lines', bySize[Math.floor(bySize.length / 2)]?.lines ?? 0, '<= 40'],
  ['longest file', longest?.lines ?? 0, '<= 150', longest?.path],
  ['import cycles', cyclesIn(files).length, '0'],
  ['any', sum(({ anys }) => anys), '0'],
  ['decorators', sum(({ decorators }) => decorators), '0'],
  ['base classes', sum((file) => forbiddenBaseClasses(file).length), '0'],
  ['default exports', sum(({ defaultExports }) => defaultExports), '0'],
  ['duplicated blocks', duplicatedBlocks(), '0'],
  ['know the dialect', knowing.length, '<= 2', knowing.join(', ')],
  ['deepest folder', Math.max(0, ...files.map(({ path }) => depthOf(path))), '<= 2'],
];
for (const [name, figure, aim, detail = ''] of signs) {
  console.log(`${name.padEnd(20)}${`${figure}`.padStart(5)}  ${aim.padEnd(8)}${detail}`.trimEnd());
}
