import scalar from '@scalar/fastify-api-reference';
import type { FastifyInstance } from 'fastify';

/** The reference page at `/docs`: everything it loads comes from this service. */
export const serveReference = async (app: FastifyInstance): Promise<void> => {
  await app.register(async (docs) => {
    docs.addHook('onRoute', (route) => {
      route.config = { ...route.config, public: true };
    });
    await docs.register(scalar, {
      routePrefix: '/docs',
      configuration: {
        url: '/openapi.json',
        withDefaultFonts: false,
        telemetry: false,
        pageTitle: 'Mentorship API',
      },
    });
  });
};
