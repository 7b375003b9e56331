import { statSync } from 'node:fs';
import type { TraceErasure } from '@mentorship/application';
import type Database from 'better-sqlite3';
import { createDeadline, retry } from '../engine/deadline.ts';
import { isBusy } from './runner.ts';

/** How long a caller waits for other processes that read or write the store; a thorough one, the longer. */
const waitMs = { brief: 250, thorough: 10_000 };

const defaultTimes = {
  /** How soon an erasure that other processes have prevented is repeated. */
  repeatAfterMs: 1000,
  /** How long the write-ahead log keeps a change at most, if no other process holds it. */
  maxLogAgeMs: 60_000,
};

/** A file up to this size is rewritten each time: that takes some 10 ms, in which the event loop stands still. */
const maxRewriteBytes = 1024 * 1024;

/** Another process reads or writes the store. */
class LogInUse extends Error {}

const isRetryable = (error: unknown): boolean => error instanceof LogInUse || isBusy(error);

/**
 * Erases what no query returns any more. Two places keep it: the write-ahead log has each page as it was after each
 * commit, and pages that SQLite has split keep copies of the rows that it moved away, which `secure_delete` overlooks.
 * The log is emptied on every call, and every minute; a file is rewritten if it is small, or the call is thorough.
 */
export const createTraceEraser = (
  database: Database.Database,
  betweenBatches: (work: () => void) => Promise<void>,
  { repeatAfterMs, maxLogAgeMs } = defaultTimes,
) => {
  let rewriteUpTo = 0;
  let timer: NodeJS.Timeout | null = null;

  const schedule = (afterMs: number): void => {
    if (timer) clearTimeout(timer);
    // Nothing waits for it: closing the last connection empties the log too.
    timer = setTimeout(() => void (logSize(database) > 0 ? attempt(0) : schedule(maxLogAgeMs)), afterMs).unref();
  };

  const eraseNow = (): void => {
    try {
      if (fileSize(database) <= rewriteUpTo) database.exec('vacuum');
      rewriteUpTo = 0;
    } finally {
      emptyLog(database);
    }
  };

  const attempt = async (maxWaitMs: number): Promise<boolean> => {
    const erased = await retry(() => betweenBatches(eraseNow), isRetryable, createDeadline(maxWaitMs)).then(
      () => true,
      () => false,
    );
    if (database.open) schedule(erased ? maxLogAgeMs : repeatAfterMs);
    return erased;
  };

  schedule(maxLogAgeMs);
  return {
    erase({ thorough = false }: TraceErasure = {}): Promise<boolean> {
      rewriteUpTo = thorough ? Infinity : Math.max(rewriteUpTo, maxRewriteBytes);
      return attempt(thorough ? waitMs.thorough : waitMs.brief);
    },
    stop: () => void (timer && clearTimeout(timer)),
  };
};

const logSize = ({ name }: Database.Database): number => statSync(`${name}-wal`, { throwIfNoEntry: false })?.size ?? 0;

const fileSize = (database: Database.Database): number =>
  Number(database.pragma('page_count', { simple: true })) * Number(database.pragma('page_size', { simple: true }));

/** Moves the write-ahead log into the database and truncates it. Throws `LogInUse`. */
const emptyLog = (database: Database.Database): void => {
  if (database.pragma('wal_checkpoint(truncate)', { simple: true }) !== 0)
    throw new LogInUse('Another process uses the write-ahead log.');
};
