import { Counter, type Registry } from '@prometheus-io/client';
import { droppedLogLines } from '../process/log-output.ts';

/** Counts the log lines that standard output has not taken. */
export const measureLog = (registry: Registry): void => {
  const dropped = new Counter({
    name: 'mentorship_log_lines_dropped_total',
    help: 'Log lines that were dropped because standard output failed or its reader was too slow.',
    registers: [registry],
    collect() {
      dropped.reset();
      dropped.inc(droppedLogLines());
    },
  });
};
