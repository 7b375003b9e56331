import type { FastifyInstance } from 'fastify';
import { type Logger, pino } from 'pino';
import type { Config } from '../config.ts';

/** Logs on standard output: lines for people on a terminal, JSON elsewhere. Nothing of a body or an Authorization header is logged. */
export const createLogger = async ({ LOG_LEVEL }: Pick<Config, 'LOG_LEVEL'>): Promise<Logger> => {
  // By name: a wildcard is looked for in whatever is logged, the id of each request among it.
  const redact = [
    'authorization',
    'headers.authorization',
    'req.headers.authorization',
    'request.headers.authorization',
  ];
  const options = { level: LOG_LEVEL, redact };
  if (!process.stdout.isTTY) return pino(options);
  const { default: pretty } = await import('pino-pretty');
  return pino(options, pretty({ ignore: 'pid,hostname', singleLine: true, sync: true }));
};

/** One line a request, written when it has been answered. */
export const logAnswers = (app: FastifyInstance): void => {
  app.addHook('onResponse', (request, reply, done) => {
    const { method, ip } = request;
    // Not the query: people put tokens there.
    const url = request.url.split('?', 1)[0];
    const milliseconds = Math.round(reply.elapsedTime * 10) / 10;
    request.log.info({ method, url, status: reply.statusCode, milliseconds, ip }, 'answered');
    done();
  });
};
