/** The thread that reads `/healthz` without pause, on a connection of its own, and reports the longest delay when asked. */
import { Agent, get } from 'node:http';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { parentPort, workerData } from 'node:worker_threads';

/** Delays in milliseconds; a request that failed is counted. */
export type Probed = { longestMs: number; requests: number; failed: number };

/** The pause between two requests, in milliseconds. */
const pauseMs = 2;

/** How long a request may take before it counts as failed, in milliseconds. */
const timeoutMs = 30_000;

const readHealth = async (url: URL, agent: Agent): Promise<void> => {
  const request = get(url, { agent, timeout: timeoutMs });
  request.on('timeout', () => request.destroy(new Error('timeout')));
  const [response] = await once(request, 'response');
  response.resume();
  await once(response, 'end');
  if (response.statusCode !== 200) throw new Error(`/healthz answered ${response.statusCode}`);
};

if (parentPort) {
  const port = parentPort;
  const url = new URL('/healthz', (workerData as { url: string }).url);
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const probed: Probed = { longestMs: 0, requests: 0, failed: 0 };
  let stopped = false;
  port.once('message', () => (stopped = true));
  await readHealth(url, agent);
  port.postMessage('ready');
  while (!stopped) {
    const sentAt = performance.now();
    await readHealth(url, agent).catch(() => (probed.failed += 1));
    probed.longestMs = Math.max(probed.longestMs, performance.now() - sentAt);
    probed.requests += 1;
    await delay(pauseMs);
  }
  agent.destroy();
  port.postMessage(probed);
  port.close();
}
