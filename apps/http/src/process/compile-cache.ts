import { enableCompileCache, flushCompileCache } from 'node:module';
import { fileURLToPath } from 'node:url';

/**
 * What is imported from here on is kept compiled for the next start, which is then half as long. It lies in the checkout:
 * whoever may write there may change the program itself. Where this process may not, or `NODE_COMPILE_CACHE` names
 * another folder, nothing happens here.
 */
enableCompileCache(fileURLToPath(new URL('../../../../node_modules/.cache/compiled', import.meta.url)));

/** Writes it down. Otherwise Node does at the end, which one that is killed never comes to. */
export const keepCompiled = (): void => void setImmediate(() => flushCompileCache());
