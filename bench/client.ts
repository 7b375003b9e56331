import { execFile, spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { temporaryFolder } from '../tests/support/temporary-folder.ts';

/** A request to send. */
export interface Request {
  readonly method: string;
  readonly path: string;
  readonly token?: string;
  readonly body?: object;
}

export interface Load {
  readonly requests: readonly Request[];
  /** Whether each request works only once; the load then ends with the last one. */
  readonly once?: boolean;
  readonly connections: number;
  readonly seconds: number;
}

/** What the client measured. Latencies in milliseconds. */
export interface Driven {
  readonly requests: number;
  readonly seconds: number;
  readonly p50: number;
  readonly p99: number;
}

const here = (name: string) => fileURLToPath(new URL(name, import.meta.url));

/** wrk takes a tenth of autocannon's CPU time, which leaves the cores to the server; autocannon is a dependency. */
export const clientName = spawnSync('wrk', ['--version']).error ? 'autocannon' : 'wrk';

const commands = {
  wrk: ({ connections, seconds, once }: Load, url: string, file: string): [string, string[]] => {
    const shape = ['-t1', `-c${connections}`, `-d${Math.ceil(seconds)}s`, '--timeout', '30s', '-s', here('wrk.lua')];
    return ['wrk', [...shape, url, '--', file, once ? 'once' : 'again']];
  },
  autocannon: ({ connections, seconds, once }: Load, url: string, file: string): [string, string[]] => {
    const args = [url, file, once ? 'once' : 'again', String(connections), String(seconds)];
    return [process.execPath, [here('autocannon.ts'), ...args]];
  },
};

/** Sends the requests from a separate process. Throws when a request fails. */
export const drive = async (url: string, load: Load): Promise<Driven> => {
  const folder = temporaryFolder();
  try {
    const file = join(folder.path, 'requests');
    writeFileSync(file, load.requests.map(toLine).join('\n'));
    const [command, args] = commands[clientName](load, url, file);
    const { stdout, stderr } = await promisify(execFile)(command, args);
    const result = /^RESULT (?<json>.*)$/m.exec(stdout)?.groups?.['json'];
    if (!result) throw new Error(`${clientName} printed no result: ${stdout}${stderr}`);
    const measured = JSON.parse(result) as Record<'requests' | 'microseconds' | 'p50' | 'p99' | 'failed', number>;
    if (measured.failed > 0)
      throw new Error(`${measured.failed} of ${measured.requests} requests failed (${stderr.trim()}).`);
    return {
      requests: measured.requests,
      seconds: measured.microseconds / 1e6,
      p50: measured.p50 / 1000,
      p99: measured.p99 / 1000,
    };
  } finally {
    folder.remove();
  }
};

const toLine = ({ method, path, token = '', body }: Request): string =>
  [method, path, token, body ? JSON.stringify(body) : ''].join('\t');
