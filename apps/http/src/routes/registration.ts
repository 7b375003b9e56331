import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import type { Application } from '@mentorship/application';
import { clientOf } from './client.ts';
import { problemResponses } from '../problems/problem-responses.ts';
import { presentRegistered } from './presenters.ts';
import { Registered, Registration } from '../schemas/registration.ts';

export const registrationRoutes: FastifyPluginAsyncTypebox<{ application: Application }> = async (
  app,
  { application: { registerUser } },
) => {
  app.post(
    '/api/registration',
    {
      config: { public: true },
      schema: {
        operationId: 'registerUser',
        tags: ['Accounts'],
        summary: 'Register a new user',
        description: 'Email, phone and mentor are optional. The mentor must be a registered user.',
        body: Registration,
        response: {
          201: {
            description: 'The new user.',
            headers: { Location: { type: 'string', description: 'The URL of the new user.' } },
            content: { 'application/json': { schema: Registered } },
          },
          ...problemResponses(400, 403, 409, 413, 415, 429, 503),
        },
      },
    },
    async (request, reply) => {
      const { mentor_username: mentorUsername, ...account } = request.body;
      const registered = await registerUser({ ...account, mentorUsername, client: clientOf(request) });
      return reply.code(201).header('location', `/api/users/${registered.user.id}`).send(presentRegistered(registered));
    },
  );
};
