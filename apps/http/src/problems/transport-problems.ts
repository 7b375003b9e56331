import { type Problem, retryAfter } from './problem.ts';

/** Requests rejected before a use case runs: by the router, the body parser, Node's HTTP parser or the shutdown. */
export const transportProblems = {
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
    detail: 'The request is not valid HTTP. Check the client.',
    // Where this request ends may be unknown.
    headers: { connection: 'close' },
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
  invalid_host: {
    status: 400,
    code: 'invalid_host',
    title: 'Invalid Host header',
    detail: 'A request needs one Host header with a host and perhaps a port. Send exactly one.',
  },
  invalid_target: {
    status: 400,
    code: 'invalid_target',
    title: 'Invalid request target',
    detail: 'The URL of the request is not one that HTTP allows here. Send a path, without a fragment (#).',
  },
  not_found: {
    status: 404,
    code: 'not_found',
    title: 'Not found',
    detail: 'There is nothing at this URL. GET /openapi.json lists all routes.',
  },
  method_not_allowed: {
    status: 405,
    code: 'method_not_allowed',
    title: 'Method not allowed',
    detail: 'This URL does not support this method. Use one of the methods in the Allow header.',
  },
  origin_not_allowed: {
    status: 405,
    code: 'method_not_allowed',
    title: 'Origin not allowed',
    detail:
      'Pages of this origin may not call this service. Its operator can add the origin, exactly as in the Origin header, to CORS_ORIGINS.',
  },
  request_timeout: {
    status: 408,
    code: 'request_timeout',
    title: 'Request timeout',
    detail: 'The request took too long to arrive. Send it again.',
    // The rest of this request must not be read as the next one.
    headers: { connection: 'close' },
  },
  payload_too_large: {
    status: 413,
    code: 'payload_too_large',
    title: 'Payload too large',
    detail: 'The body is larger than 64 KiB. Send a smaller one.',
  },
  unsupported_media_type: {
    status: 415,
    code: 'unsupported_media_type',
    title: 'Unsupported media type',
    detail: 'Send the body as application/json.',
  },
  unsupported_encoding: {
    status: 415,
    code: 'unsupported_encoding',
    title: 'Unsupported content encoding',
    detail: 'The service reads no compressed bodies. Send the body without Content-Encoding.',
    // RFC 9110, section 15.5.16.
    headers: { 'accept-encoding': 'identity' },
  },
  expectation_failed: {
    status: 417,
    code: 'expectation_failed',
    title: 'Expectation failed',
    detail: 'The service supports only Expect: 100-continue. Leave out any other expectation.',
  },
  headers_too_large: {
    status: 431,
    code: 'headers_too_large',
    title: 'Headers too large',
    detail: 'The headers are larger than 16 KiB in total. Send fewer or shorter ones.',
  },
  method_not_implemented: {
    status: 501,
    code: 'method_not_implemented',
    title: 'Method not implemented',
    detail: 'The service does not know this method. Methods are written in capitals: GET, POST, PATCH, DELETE.',
  },
  unsupported_transfer_coding: {
    status: 501,
    code: 'unsupported_transfer_coding',
    title: 'Unsupported transfer coding',
    detail: 'The service knows only the transfer coding chunked. Send the body without any other.',
    headers: { connection: 'close' },
  },
  version_not_supported: {
    status: 505,
    code: 'version_not_supported',
    title: 'HTTP version not supported',
    detail: 'The service speaks HTTP/1.1 and HTTP/1.0. Send the request in one of them.',
    headers: { connection: 'close' },
  },
  internal_error: {
    status: 500,
    code: 'internal_error',
    title: 'Internal error',
    detail:
      'The service failed. Report the X-Request-Id of this response to the operator, who finds the cause in the logs.',
  },
  stopping: {
    status: 503,
    code: 'stopping',
    title: 'Stopping',
    detail: 'This process is shutting down. Send new requests to another instance.',
    headers: retryAfter,
  },
} as const satisfies Record<string, Problem>;
