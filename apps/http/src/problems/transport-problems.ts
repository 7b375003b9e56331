import { type Problem, retryAfter } from './problem.ts';

/** What is refused before a use case is reached: by the router, the parser of bodies, or Node itself. */
export const edgeProblems = {
  malformed_json: {
    status: 400,
    code: 'malformed_json',
    title: 'Malformed JSON',
    detail: 'The body is not valid JSON in UTF-8.',
  },
  bad_request: {
    status: 400,
    code: 'bad_request',
    title: 'Bad request',
    detail: 'The request is not valid HTTP. Check how the client builds it.',
  },
  malformed_url: {
    status: 400,
    code: 'malformed_url',
    title: 'Malformed URL',
    detail: 'The URL is not validly percent-encoded. Write a plain % as %25.',
  },
  missing_host: {
    status: 400,
    code: 'missing_host',
    title: 'No Host header',
    detail: 'An HTTP/1.1 request needs a Host header. Send one.',
  },
  not_found: {
    status: 404,
    code: 'not_found',
    title: 'Not found',
    detail: 'There is nothing at this URL. GET /openapi.json lists what there is.',
  },
  method_not_allowed: {
    status: 405,
    code: 'method_not_allowed',
    title: 'Method not allowed',
    detail: 'This URL does not answer this method. The Allow header lists those it does.',
  },
  request_timeout: {
    status: 408,
    code: 'request_timeout',
    title: 'Request timeout',
    detail: 'The request took too long to arrive. Send it again.',
    // What still arrives of it must not be taken for the next request.
    headers: { connection: 'close' },
  },
  payload_too_large: {
    status: 413,
    code: 'payload_too_large',
    title: 'Payload too large',
    detail: 'The body is larger than 64 KiB. Leave out what you do not change.',
  },
  unsupported_media_type: {
    status: 415,
    code: 'unsupported_media_type',
    title: 'Unsupported media type',
    detail: 'Send the body as application/json.',
  },
  expectation_failed: {
    status: 417,
    code: 'expectation_failed',
    title: 'Expectation failed',
    detail: 'Of the expectations only 100-continue is understood.',
  },
  headers_too_large: {
    status: 431,
    code: 'headers_too_large',
    title: 'Headers too large',
    detail: 'The headers are larger than 16 KiB together.',
  },
  internal_error: {
    status: 500,
    code: 'internal_error',
    title: 'Internal error',
    detail: 'Something went wrong on our side. The X-Request-Id of this answer finds it in the logs.',
  },
  stopping: {
    status: 503,
    code: 'stopping',
    title: 'Stopping',
    detail: 'This process is about to stop. Send new requests to another one; those that come here are still answered.',
    headers: retryAfter,
  },
} as const satisfies Record<string, Problem>;
