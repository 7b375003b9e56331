import { open } from 'node:fs/promises';

/** Settings of a PostgreSQL server that make it note every statement of every client, and of which program it is. */
export const loggingSettings = {
  log_destination: 'stderr',
  log_statement: 'all',
  // The texts alone: parameters would tell one statement from the same one.
  log_parameter_max_length: 0,
  log_line_prefix: '<%a> ',
};

export type StatementCounts = Map<string, number>;

/** How often the service sent each statement while the work ran, by PostgreSQL's own log. */
export const countStatements = async (logFile: string, work: () => Promise<unknown>): Promise<StatementCounts> => {
  await using log = await open(logFile);
  const from = (await log.stat()).size;
  await work();
  const { size } = await log.stat();
  const text = Buffer.alloc(size - from);
  await log.read(text, 0, text.length, from);

  const counts: StatementCounts = new Map();
  for (const line of text.toString().split('\n')) {
    const statement = /^<mentorship> LOG: {2}(?:statement|execute [^:]+): (.*)$/.exec(line)?.[1];
    if (statement !== undefined) counts.set(statement, (counts.get(statement) ?? 0) + 1);
  }
  return counts;
};
