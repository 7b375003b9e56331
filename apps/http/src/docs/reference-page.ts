import { createHash } from 'node:crypto';
import Fastify, { type FastifyInstance } from 'fastify';
import { loadOnce } from './load-once.ts';
import { sendDocument } from './send-document.ts';

const pageUrl = '/docs';
const scriptUrl = '/docs/scalar.js';

/** The favicon: a mentor and a mentee. */
const icon = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16"><circle cx="6" cy="6" r="5" fill="#2563eb"/><circle cx="12" cy="12" r="3" fill="#10b981"/></svg>`;

/** Disables all that would contact or link to another host: fonts, telemetry, assistants, hosted tools, Scalar's own link. */
const configuration = {
  url: '/openapi.json',
  cdn: scriptUrl,
  pageTitle: 'Mentorship API',
  favicon: `data:image/svg+xml,${encodeURIComponent(icon)}`,
  authentication: { preferredSecurityScheme: 'bearer' },
  defaultHttpClient: { targetKey: 'shell', clientKey: 'curl' },
  defaultOpenAllTags: true,
  documentDownloadType: 'json',
  orderSchemaPropertiesBy: 'preserve',
  agent: { disabled: true },
  mcp: { disabled: true },
  hideClientButton: true,
  showDeveloperTools: 'never',
  telemetry: false,
  withDefaultFonts: false,
  customCss: '.darklight-reference a { display: none }',
} as const;

interface Reference {
  readonly html: Buffer;
  readonly script: Buffer;
  /** Its Content-Security-Policy. */
  readonly policy: string;
}

const renderReference = async (): Promise<Reference> => {
  const { default: scalar } = await import('@scalar/fastify-api-reference');
  const renderer = Fastify();
  await renderer.register(scalar, { routePrefix: pageUrl, configuration });
  const { body: html } = await renderer.inject(`${pageUrl}/`);
  const { body: bundle } = await renderer.inject(`${pageUrl}/js/scalar.js`);
  await renderer.close();
  // One buffer for all responses: a text would be encoded again for each client, and kept until the client has read it.
  return { html: Buffer.from(html), script: Buffer.from(withoutEval + bundle), policy: policyFor(html) };
};

/** Stops the bundled Zod from trying eval, which the page's policy would block and report. */
const withoutEval = 'globalThis.__zod_globalConfig = { jitless: true };\n';

/** Allows inline styles: the page sets them on single elements, which neither a nonce nor a hash can allow. */
const policyFor = (html: string): string =>
  [
    "default-src 'none'",
    ["script-src 'self'", ...inlineScripts(html).map(hashSource)].join(' '),
    "style-src 'unsafe-inline'",
    'img-src data:',
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join(';');

const inlineScripts = (html: string): string[] =>
  [...html.matchAll(/<script type="text\/javascript">(.*?)<\/script>/gs)].map(([, text = '']) => text);

const hashSource = (text: string): string => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;

/** Serves the reference page at `/docs`. Everything it loads comes from this service. */
export const serveReference = (app: FastifyInstance): void => {
  // Scalar loads 5 MB.
  const reference = loadOnce(renderReference);
  const hidden = { config: { public: true }, schema: { hide: true } };

  app.get(pageUrl, hidden, async (_request, reply) => {
    const { html, policy } = await reference();
    return sendDocument(reply.header('content-security-policy', policy), 'text/html; charset=utf-8', html);
  });

  app.get(scriptUrl, hidden, async (_request, reply) => {
    const { script } = await reference();
    return sendDocument(reply.header('cache-control', 'max-age=3600'), 'text/javascript; charset=utf-8', script);
  });
};
