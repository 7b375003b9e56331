import { factsOf, houses, readSources } from '../support/architecture.ts';
import { dependenciesOf, isMissed, linesIn, roomsOf, type Sign, signsOf } from '../support/signs.ts';

const help = `
Prints figures of the source code beside their aims, and the folders that each folder imports.

  npx -y pnpm@12 signs

The exit code is 1 when a figure misses its aim.
`;

if (process.argv.includes('--help')) {
  console.log(help.trim());
  process.exit(0);
}

const sources = readSources();
const rooms = roomsOf(sources.map(factsOf));
const runtime = dependenciesOf(houses);
const others = dependenciesOf([...houses, '.', 'tests', 'verify', 'bench'], 'devDependencies');
const figures: Sign[] = [
  ...signsOf(sources),
  { name: 'rooms', figure: rooms.length },
  { name: 'arrows', figure: rooms.reduce((total, { arrows }) => total + arrows.length, 0) },
  { name: 'lines of tests', figure: linesIn('tests') },
  { name: 'lines of programs', figure: linesIn('verify', 'bench'), detail: 'verify, bench' },
  { name: 'dependencies', figure: runtime.length, detail: runtime.join(', ') },
  { name: 'for development', figure: others.filter((name) => !runtime.includes(name)).length },
];
for (const sign of figures) {
  const { name, figure, most, detail = '' } = sign;
  const aim = most === undefined ? '' : most === 0 ? '0' : `<= ${most}`;
  console.log(
    `${name.padEnd(18)}${`${figure}`.padStart(6)}  ${aim.padEnd(7)}${isMissed(sign) ? 'MISSED ' : ''}${detail}`.trimEnd(),
  );
}

const shortened = (path: string): string => path.replace('/src', '');
console.log('\nRooms, their files, and what they import:');
for (const { path, files, arrows } of rooms) {
  console.log(`  ${shortened(path)} (${files})${arrows.length > 0 ? ` -> ${arrows.map(shortened).join(', ')}` : ''}`);
}

process.exitCode = figures.some(isMissed) ? 1 : 0;
