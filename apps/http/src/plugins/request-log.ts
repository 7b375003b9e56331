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
  const options = { level: LOG_LEVEL, redact };
  const output = createLogOutput();
  if (!process.stdout.isTTY) return pino(options, output);
  const { prettyFactory } = await import('pino-pretty');
  const format = prettyFactory({ ignore: 'pid,hostname', singleLine: true });
  return pino(options, { write: (line) => output.write(format(line)) });
};

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
