import { readFileSync } from 'node:fs';
import autocannon from 'autocannon';

// Does the work of wrk.lua where wrk is not installed.
const [url = '', file = '', times = '', connections = '1', seconds = '1'] = process.argv.slice(2);
const requests = readFileSync(file, 'utf8')
  .split('\n')
  .map((line): autocannon.Request => {
    const [method = '', path = '', token = '', body = ''] = line.split('\t');
    const headers = {
      ...(token && { authorization: `Bearer ${token}` }),
      ...(body && { 'content-type': 'application/json' }),
    };
    return {
      method: method as autocannon.Request['method'],
      path,
      headers,
      ...(body && { body }),
    };
  });

let sent = 0;
const instance = autocannon({
  url,
  connections: Number(connections),
  timeout: 30,
  ...(times === 'once' ? { amount: requests.length } : { duration: Number(seconds) }),
  // All connections share one list.
  requests: [{ setupRequest: (request) => ({ ...request, ...requests[sent++ % requests.length] }) }],
});
if (times === 'once')
  setTimeout(() => (instance as unknown as { stop(): void }).stop(), Number(seconds) * 1000).unref();

const { latency, duration, errors, timeouts, non2xx, ...result } = await instance;
const measured = {
  requests: result['2xx'] + non2xx,
  microseconds: Math.round(duration * 1e6),
  p50: latency.p50 * 1000,
  p99: latency.p99 * 1000,
  failed: errors + timeouts + non2xx,
};
console.log(`RESULT ${JSON.stringify(measured)}`);
