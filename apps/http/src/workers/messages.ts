/** One metric of one worker, as its registry returns it. */
export interface WorkerMetric {
  readonly type: string;
}

/** A message from the primary to a worker. */
export type Order = { readonly order: 'stop'; readonly hurried: boolean } | { readonly order: 'report metrics' };

/** A message from a worker to the primary. */
export type Report =
  | { readonly report: 'listens'; readonly origin: string; readonly port: number }
  | { readonly report: 'cannot start'; readonly line: string }
  | { readonly report: 'metrics'; readonly metrics: readonly WorkerMetric[] };

/** A worker could not start. The message is one line for the operator. */
export class WorkerStartError extends Error {}
