import type { Engine } from '../engine/engine.ts';
import { rejectForeign } from '../schema/ownership.ts';
import { createDeadline, retrying } from '../engine/deadline.ts';
import { postgresTables } from '../tables.ts';

/** Throws `StoreError` when the PostgreSQL database at the URL is one of something else. */
export const refuseForeignDatabase = async (
  { reads, isConflict }: Pick<Engine, 'reads' | 'isConflict'>,
  url: string,
  patience: number,
): Promise<void> => {
  const { hostname, pathname } = new URL(url);
  const tables = await retrying(() => postgresTables(reads), isConflict, createDeadline(patience));
  rejectForeign(tables, `${hostname}${pathname}`);
};
