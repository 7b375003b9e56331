import { Readable } from 'node:stream';
import { setImmediate as nextEventLoopTurn } from 'node:timers/promises';
import type { FastifyReply } from 'fastify';

/** How much of a document is handed to a connection at once, in bytes. */
const sliceBytes = 64 * 1024;

async function* slicesOf(document: Buffer): AsyncGenerator<Buffer> {
  for (let start = 0; start < document.length; start += sliceBytes) {
    // The kernel takes megabytes at once; other requests come first.
    if (start > 0) await nextEventLoopTurn();
    yield document.subarray(start, start + sliceBytes);
  }
}

/**
 * Sends a document that is the same for every client. The slices share its memory, and the next one waits until the
 * connection has taken the last: a crowd that requests megabytes delays no other request.
 */
export const sendDocument = (reply: FastifyReply, type: string, document: Buffer): FastifyReply =>
  reply
    .type(type)
    .header('content-length', document.length)
    .send(Readable.from(slicesOf(document), { objectMode: false, highWaterMark: sliceBytes }));
