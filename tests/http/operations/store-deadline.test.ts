import { withDeadline } from '@mentorship/adapters/kysely';
import Fastify from 'fastify';
import { expect, onTestFinished, test } from 'vitest';
import { setStoreDeadline } from '@mentorship/http/plugins/store-deadline';
import { call } from '../../support/processes/service.ts';

const current = () => withDeadline((deadline) => deadline);

test('a request has one deadline before and after its body, which no other request shares', async () => {
  const app = Fastify();
  onTestFinished(() => app.close());
  const seen: ReturnType<typeof current>[][] = [];
  setStoreDeadline(app);
  app.addHook('onRequest', async () => void seen.push([current()]));
  app.post('/', async () => {
    seen.at(-1)?.push(current());
    return {};
  });
  const url = await app.listen({ port: 0, host: '127.0.0.1' });
  for (let request = 0; request < 3; request++) await call(url, 'POST /', { body: { text: 'x'.repeat(200_000) } });

  expect(seen).toHaveLength(3);
  for (const both of seen) expect(both[1]).toBe(both[0]);
  expect(new Set(seen.flat())).toHaveLength(3);
});
