/** What a program found out: it prints as it goes, and remembers what did not hold. */
export type Report = {
  say(line?: string): void;
  /** Columns as wide as they must be; numbers to the right. */
  table(head: readonly string[], rows: readonly (readonly (string | number)[])[]): void;
  /** Notes that it does not hold, which is said before whatever is said next; the program then fails. */
  require(holds: boolean, otherwise: string): void;
};

export const milliseconds = (value: number): string => `${value.toFixed(value < 100 ? 1 : 0)} ms`;
export const percent = (share: number): string => `${(share * 100).toFixed(1)} %`;
export const mebibytes = (bytes: number): string => `${(bytes / 2 ** 20).toFixed(0)} MiB`;

/** Runs the program over a report; the exit code is 1 when something that it requires did not hold, or it could not run. */
export const runReported = async (program: (report: Report) => Promise<void>): Promise<void> => {
  const failures = new Map<string, number>();
  const unsaid: string[] = [];
  // A progress bar may be up when something does not hold; it never is when something is said.
  const print = (text: string) => console.log([...unsaid.splice(0), text].join('\n'));
  const report: Report = {
    say: (line = '') => print(line),
    table: (head, rows) => print(tableOf(head, rows)),
    require(holds, otherwise) {
      if (holds) return;
      const times = (failures.get(otherwise) ?? 0) + 1;
      failures.set(otherwise, times);
      if (times === 1) unsaid.push(`  FAILED: ${otherwise}`);
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
  if (failures.size === 0) return print('\nAll of it held.');
  const lines = [...failures].map(([what, times]) => `- ${what}${times > 1 ? ` (${times} times)` : ''}`);
  print(['\nFailed:', ...lines].join('\n'));
  process.exitCode = 1;
};

/** Something that this machine lacks; the message says how to get it. */
export class CannotRun extends Error {}

const tableOf = (head: readonly string[], rows: readonly (readonly (string | number)[])[]): string => {
  const lines = [head, ...rows].map((row) => row.map(String));
  const widths = head.map((_, column) => Math.max(...lines.map((line) => line[column]?.length ?? 0)));
  const isText = head.map((_, column) => rows.some((row) => !/^[\d.]/.test(String(row[column] ?? ''))));
  const pad = (text: string, column: number) =>
    isText[column] ? text.padEnd(widths[column] ?? 0) : text.padStart(widths[column] ?? 0);
  return lines.map((line) => `  ${line.map(pad).join('  ')}`.trimEnd()).join('\n');
};
