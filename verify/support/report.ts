/** The findings of a program: prints them at once, and remembers failures. */
export type Report = {
  say(line?: string): void;
  /** Aligns the columns; numbers to the right. */
  table(head: readonly string[], rows: readonly (readonly (string | number)[])[]): void;
  /** Records a failure unless it holds. The failure is printed before the next output, and the program fails. */
  require(holds: boolean, otherwise: string): void;
};

export const milliseconds = (value: number): string => `${value.toFixed(value < 100 ? 1 : 0)} ms`;
export const percent = (fraction: number): string => `${(fraction * 100).toFixed(1)} %`;
export const mebibytes = (bytes: number): string => `${(bytes / 2 ** 20).toFixed(0)} MiB`;

/** Runs the program with a report. The exit code is 1 if a requirement failed, or the program could not run. */
export const runReported = async (program: (report: Report) => Promise<void>): Promise<void> => {
  const failures = new Map<string, number>();
  const pending: string[] = [];
  // Printing a failure at once could break a progress bar; no bar is shown during other output.
  const print = (text: string) => console.log([...pending.splice(0), text].join('\n'));
  const report: Report = {
    say: (line = '') => print(line),
    table: (head, rows) => print(tableOf(head, rows)),
    require(holds, otherwise) {
      if (holds) return;
      const times = (failures.get(otherwise) ?? 0) + 1;
      failures.set(otherwise, times);
      if (times === 1) pending.push(`  FAILED: ${otherwise}`);
    },
  };
  try {
    await program(report);
  } catch (error) {
    if (!(error instanceof CannotRun)) throw error;
    console.error(error.message);
    process.exitCode = 1;
    return;
  }
  if (failures.size === 0) return print('\nEverything held.');
  const lines = [...failures].map(([what, times]) => `- ${what}${times > 1 ? ` (${times} times)` : ''}`);
  print(['\nFailed:', ...lines].join('\n'));
  process.exitCode = 1;
};

/** The machine lacks something; the message says how to install it. */
export class CannotRun extends Error {}

const tableOf = (head: readonly string[], rows: readonly (readonly (string | number)[])[]): string => {
  const lines = [head, ...rows].map((row) => row.map(String));
  const widths = head.map((_, column) => Math.max(...lines.map((line) => line[column]?.length ?? 0)));
  const isText = head.map((_, column) => rows.some((row) => !/^[\d.]/.test(String(row[column] ?? ''))));
  const pad = (text: string, column: number) =>
    isText[column] ? text.padEnd(widths[column] ?? 0) : text.padStart(widths[column] ?? 0);
  return lines.map((line) => `  ${line.map(pad).join('  ')}`.trimEnd()).join('\n');
};
