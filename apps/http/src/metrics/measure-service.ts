import type { Ports } from '@mentorship/application';
import { collectDefaultMetrics, Registry } from '@prometheus-io/client';
import type { FastifyInstance } from 'fastify';
import { measureLog } from './log-metrics.ts';
import { measurePasswords } from './password-metrics.ts';
import { measureProxies } from './proxy-metrics.ts';
import { measureRequests } from './request-metrics.ts';
import { measureSessions } from './session-metrics.ts';
import { type ServiceState, registerStateMetrics } from './state-metrics.ts';

/** Wraps the ports to measure their calls, or returns them as they are. */
export type Measure = (ports: Ports) => Ports;

/** Registers every metric. docs/metrics.md lists the same. */
export const measureService = (
  app: FastifyInstance,
  state: ServiceState,
): { readonly registry: Registry; readonly measure: Measure } => {
  const registry = new Registry();
  measureRequests(app, registry);
  measureProxies(app, registry);
  registerStateMetrics(state, registry);
  measureLog(registry);
  collectDefaultMetrics({ register: registry });
  return {
    registry,
    measure: (ports) => ({
      ...ports,
      passwordHasher: measurePasswords(ports.passwordHasher, registry),
      storage: measureSessions(ports.storage, registry),
    }),
  };
};
