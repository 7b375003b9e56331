import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import { realPath } from '../../kysely/sqlite/file-name.ts';
import { makeDirectory } from '../../kysely/sqlite/make-directory.ts';
import { sqlitePath } from '../../kysely/store.ts';
import { openAtomicFile } from './atomic-file.ts';

/**
 * Runs the work that fills the store at the URL. A new SQLite store gets its name only once the work is done: until then
 * the work has another URL. Throws `StoreError`.
 */
export const fillStore = async <Result>(url: string, work: (url: string) => Promise<Result>): Promise<Result> => {
  const path = sqlitePath(url);
  if (path === null || existsSync(path)) return work(url);
  makeDirectory(dirname(realPath(path)));
  using file = openAtomicFile(path);
  const result = await file.fill(() => work(`sqlite:${file.path}`));
  file.rename();
  return result;
};
