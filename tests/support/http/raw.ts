import { connect } from 'node:net';
import type { AddressInfo } from 'node:net';
import { setImmediate as nextEventLoopTurn } from 'node:timers/promises';
import type { FastifyInstance } from 'fastify';
import type { Answer } from './openapi.ts';

/** Listens on a free port of this machine. */
export const listen = async (app: FastifyInstance): Promise<number> => {
  await app.listen({ host: '127.0.0.1', port: 0 });
  return (app.server.address() as AddressInfo).port;
};

export type Piece = string | Buffer;

/** A request letter by letter: lines of the head, then the body. */
export const request = (lines: string[], ...body: Piece[]): Piece[] => [`${[...lines, '', ''].join('\r\n')}`, ...body];

/**
 * Writes the pieces one after another on a connection of their own and returns all that came back before it ended.
 * `cut` closes our half of it afterwards, as a client does that has gone away.
 */
export const exchange = (port: number, pieces: Piece[], { cut = false, host = '127.0.0.1' } = {}): Promise<string> =>
  new Promise((resolve, reject) => {
    const received: Buffer[] = [];
    const finish = () => resolve(Buffer.concat(received).toString());
    const socket = connect({ host, port, allowHalfOpen: cut });
    socket.on('data', (chunk) => received.push(Buffer.from(chunk)));
    socket.on('close', finish);
    // A refusal may come, and the connection end, while we are still writing.
    socket.on('error', ({ code }: NodeJS.ErrnoException) =>
      code === 'ECONNRESET' || code === 'EPIPE' ? finish() : reject(new Error(`connection failed: ${code}`)),
    );
    socket.on('end', () => socket.end());
    socket.on('connect', async () => {
      for (const piece of pieces) {
        if (!socket.writable) return;
        socket.write(piece);
        await nextEventLoopTurn();
      }
      if (cut) socket.end();
    });
  });

/** The answers in what a connection brought back, one after another. */
export const answersIn = (raw: string): Answer[] => {
  const answers: Answer[] = [];
  for (let rest = raw; rest !== '';) {
    const headEnd = rest.indexOf('\r\n\r\n');
    if (headEnd < 0) throw new Error(`no HTTP answer: ${JSON.stringify(rest)}`);
    const [statusLine = '', ...lines] = rest.slice(0, headEnd).split('\r\n');
    const headers = Object.fromEntries(
      lines.map((line) => [line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 1).trim()]),
    );
    const after = Buffer.from(rest.slice(headEnd + 4));
    const length = Number(headers['content-length'] ?? 0);
    const text = after.subarray(0, length).toString();
    const isJson = /\bjson\b/.test(headers['content-type'] ?? '') && text !== '';
    const body = isJson ? (JSON.parse(text) as unknown) : undefined;
    answers.push({ status: Number(statusLine.split(' ')[1]), headers, text, body });
    rest = after.subarray(length).toString();
  }
  return answers;
};
