import { showProgress, type Terminal } from '@mentorship/cli/progress';
import { expect, test } from 'vitest';

/** A terminal that keeps what is written to it. */
const openTerminal = (more: Partial<Terminal> = {}) => {
  const written: string[] = [];
  return { written, terminal: { isTTY: true, columns: 80, write: (text: string) => written.push(text), ...more } };
};

/** What each write leaves on the line: it returns to the start and clears the rest. The time is cut off. */
const linesOf = (written: readonly string[]): string[] =>
  written.map((text) => {
    expect([text.at(0), text.slice(-3)]).toEqual(['\r', '\u001B[K']);
    return text.slice(1, -3).replace(/, \d+ s so far$/, '');
  });

test.each([
  [0, 4, `rows ${'░'.repeat(30)} 0/4`],
  [1, 4, `rows ${'█'.repeat(8)}${'░'.repeat(22)} 1/4`],
  [4, 4, `rows ${'█'.repeat(30)} 4/4`],
  [5, 4, `rows ${'█'.repeat(30)} 5/4`],
  [0, 0, `rows ${'░'.repeat(30)} 0/0`],
  [7, undefined, 'rows 7'],
])('draws %j of %j as %j, and clears the line at the end', (done, total, line) => {
  const { written, terminal } = openTerminal();
  {
    using progress = showProgress('rows', terminal);
    progress.update(done, total);
  }
  expect(linesOf(written)).toEqual([line, '']);
});

test('does not redraw for every update', () => {
  const { written, terminal } = openTerminal();
  using progress = showProgress('rows', terminal);
  for (let done = 0; done < 1000; done++) progress.update(done, 1000);
  expect(written.length).toBeLessThan(1000);
});

test('cuts a line that is wider than the terminal', () => {
  const { written, terminal } = openTerminal({ columns: 20 });
  using progress = showProgress('rows', terminal);
  progress.update(1, 2);
  expect(linesOf(written)).toEqual([`rows ${'█'.repeat(14)}`]);
});

test('takes a terminal without a width for one of 80 columns', () => {
  const { written, terminal } = openTerminal({ columns: 0 });
  using progress = showProgress('rows', terminal);
  progress.update(1, 2);
  expect(linesOf(written)).toEqual([`rows ${'█'.repeat(15)}${'░'.repeat(15)} 1/2`]);
});

test('writes nothing where there is no terminal, and nothing before the first update', () => {
  const file = openTerminal({ isTTY: false });
  {
    using progress = showProgress('rows', file.terminal);
    progress.update(1, 2);
  }
  const idle = openTerminal();
  showProgress('rows', idle.terminal)[Symbol.dispose]();
  expect([file.written, idle.written]).toEqual([[], []]);
});
