import type { Refusal } from './setting-values.ts';

/** Paths after `sqlite:` that would name another file than the one that is meant. */
export const refusedPaths: readonly Refusal[] = [
  {
    when: (path) => path.startsWith(':memory:') || path.startsWith('file:'),
    say: 'must name a file: write sqlite:data/mentorship.sqlite, or memory: for a store that ends with the process',
  },
  {
    when: (path) => path.startsWith('//'),
    say: 'must not have // after sqlite:. Write sqlite:data/x for a path in the working folder, or sqlite:/data/x for one from the root',
  },
  {
    when: (path) => /^[~$%]/.test(path) || path.includes('${'),
    say: 'is not expanded by a shell. Write the whole path, such as sqlite:/home/mentorship/x, in place of ~ or a variable',
  },
  {
    when: (path) => path !== path.trim() || /^["'`]|\p{Cc}/u.test(path),
    say: 'must not have spaces around the path, quotes before it, or control characters in it. Write sqlite:data/x',
  },
  {
    when: (path) => /[?#]|%[\da-f]{2}/i.test(path),
    say: 'must be a path and nothing more: sqlite: takes no parameters (?), no fragment (#) and no escapes (%20). Write sqlite:data/x',
  },
  {
    when: (path) => /-(wal|shm|journal)$|[/]$/.test(path),
    say: 'must name a database, not a folder or a file that SQLite keeps beside a database (-wal, -shm, -journal). Write sqlite:data/x',
  },
];
