import type { FastifyInstance } from 'fastify';
import { type Logger, pino } from 'pino';
import pretty from 'pino-pretty';
import type { Config } from './config.ts';

/** Logs on standard output: lines for people on a terminal, JSON elsewhere. Nothing of a body or an Authorization header is logged. */
export const createLogger = ({ LOG_LEVEL }: Pick<Config, 'LOG_LEVEL'>): Logger => {
  const options = { level: LOG_LEVEL, redact: ['*.authorization', '*.headers.authorization'] };
  return process.stdout.isTTY
    ? pino(options, pretty({ ignore: 'pid,hostname', singleLine: true, sync: true }))
    : pino(options);
};

/** One line a request, written when it has been answered. */
export const logAnswers = (app: FastifyInstance): void => {
  app.addHook('onResponse', async (request, reply) => {
    const { method, ip } = request;
    // Not the query: people put tokens there.
    const url = request.url.split('?', 1)[0];
    const milliseconds = Math.round(reply.elapsedTime * 10) / 10;
    request.log.info({ method, url, status: reply.statusCode, milliseconds, ip }, 'answered');
  });
};
