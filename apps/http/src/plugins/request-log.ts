import { showInvisible } from '@mentorship/adapters/failures';
import type { FastifyInstance } from 'fastify';
import { type Logger, pino } from 'pino';
import type { Config } from '../config.ts';
import { createLogOutput } from '../process/log-output.ts';

/** Logs to standard output: readable lines on a terminal, JSON elsewhere. Never logs a body or an Authorization header. */
export const createLogger = async ({ LOG_LEVEL }: Pick<Config, 'LOG_LEVEL'>): Promise<Logger> => {
  // Full paths: a wildcard would search every logged object, including each request's id.
  const redact = [
    'authorization',
    'headers.authorization',
    'req.headers.authorization',
    'request.headers.authorization',
  ];
  const options = { level: LOG_LEVEL, redact, hooks: { streamWrite: withoutControls } };
  const output = createLogOutput();
  if (!process.stdout.isTTY) return pino(options, output);
  const { prettyFactory } = await import('pino-pretty');
  const format = prettyFactory({ ignore: 'pid,hostname', singleLine: true });
  return pino(options, { write: (line) => output.write(format(line.replaceAll(escapedControl, '\\$&'))) });
};

/** Text of a client, such as a URL, may hold characters that steer a terminal. A line of JSON ends with a line break. */
const withoutControls = (line: string): string => `${showInvisible(line.trimEnd())}\n`;

/** An escape in JSON that would become such a character again when the line is formatted. Stacks keep their lines. */
const escapedControl = /(?<=(?<!\\)(?:\\\\)*)\\(?:u[0-9a-f]{4}|[bfr])/gi;

/** Logs one line per request, after its response. */
export const logResponses = (app: FastifyInstance): void => {
  app.addHook('onResponse', (request, reply, done) => {
    const { method, ip } = request;
    // Without the query string, because clients put tokens there.
    const url = request.url.split('?', 1)[0];
    const milliseconds = Math.round(reply.elapsedTime * 10) / 10;
    request.log.info({ method, url, status: reply.statusCode, milliseconds, ip }, 'answered');
    done();
  });
};
