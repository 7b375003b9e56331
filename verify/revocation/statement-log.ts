import { open } from 'node:fs/promises';

/** Settings that make a PostgreSQL server log every statement, with the name of its client. */
export const loggingSettings = {
  log_destination: 'stderr',
  log_statement: 'all',
  // Without parameters, so that equal statements have equal texts.
  log_parameter_max_length: 0,
  log_line_prefix: '<%a> ',
};

export type StatementCounts = Map<string, number>;

/** Counts each statement of the service during the work, from PostgreSQL's log. */
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
