import { databaseUrl } from '@mentorship/adapters/environment';
import { readConfig } from '@mentorship/http/config';
import { describe, expect, test } from 'vitest';

const root = 'Write sqlite:data/x for a path in the working folder, or sqlite:/data/x';
const plain = 'sqlite: takes no parameters';
const writePath = 'Write the whole path';
const escaped = 'Write %2F for /, %23 for #, %3F for ?, %40 for @ and %25 for %';
const schema = 'ALTER ROLE <user> SET search_path';
const form = 'must be sqlite:<path>, postgres://<user>:<password>@<host>/<database> or memory:';

describe('the URL of a store', () => {
  test.each([
    ['sqlite://data/secret', root],
    ['sqlite:///data/secret', root],
    ['sqlite:secret?mode=ro', plain],
    ['sqlite:secret#x', plain],
    ['sqlite:my%20secret', plain],
    ['sqlite:~/secret', writePath],
    ['sqlite:$HOME/secret', writePath],
    ['sqlite:${HOME}/secret', writePath],
    ['sqlite:%APPDATA%/secret', writePath],
    ['sqlite: data/secret', 'must not have spaces around the path'],
    ['sqlite:"data/secret"', 'quotes before it'],
    ['sqlite:data/\0secret', 'control characters'],
    ['sqlite::memory:', 'must name a file'],
    ['sqlite:file:secret', 'must name a file'],
    ['sqlite:data/secret/', 'must name a database'],
    ['sqlite:data/secret-wal', 'must name a database'],
    ['sqlite:', form],
    ['SQLITE:secret', form],
    ['"sqlite:secret"', form],
    ['postgres:secret', form],
    ['mysql://root:secret@localhost/x', form],
    ['postgres://root:sec/ret@localhost/x', escaped],
    ['postgres://root:12/secret@localhost/x', escaped],
    ['postgres://root:sec#ret@localhost/x', escaped],
    ['postgres://root:12#secret@localhost/x', escaped],
    ['postgres://root:sec?ret@localhost/x', escaped],
    ['postgresql://root:12?secret@localhost/x', escaped],
    ['postgres://root:secret%@localhost/x', escaped],
    ['postgres://root:secret%ff@localhost/x', escaped],
    ['postgres://root:secret@localhost/x?schema=app', schema],
    ['postgres://root:secret@localhost/x?sslmode=require&currentSchema=app', schema],
  ])('%s is refused: %s', (text, says) => {
    expect(() => databaseUrl(text)).toThrow(says);
    expect(() => databaseUrl(text)).not.toThrow(/secret/);
    expect(() => readConfig({ DATABASE_URL: text })).toThrow(`DATABASE_URL `);
  });

  test.each([
    'memory:',
    'sqlite:data/mentorship.sqlite',
    'sqlite:/data/my file.sqlite',
    'sqlite:../данные/100%.sqlite',
    'sqlite:C:\\data\\x.sqlite',
    'postgres://root:s%2Fe%23c%3Fr%25et%40@localhost:5432/x?sslmode=verify-full',
    'postgres://localhost/x?options=-c%20search_path%3Dapp',
    'postgresql:///x?host=/var/run/postgresql',
  ])('%s is accepted as it is', (text) => {
    expect(databaseUrl(text)).toBe(text);
  });
});
