/** One metric of one worker, as its registry tells it. */
export interface WorkerMetric {
  readonly type: string;
}

/** What the primary tells a worker. */
export type Order = { readonly order: 'stop'; readonly hurried: boolean } | { readonly order: 'tell metrics' };

/** What a worker tells the primary. */
export type Report =
  | { readonly report: 'listens'; readonly origin: string; readonly port: number }
  | { readonly report: 'cannot start'; readonly line: string }
  | { readonly report: 'metrics'; readonly metrics: readonly WorkerMetric[] };

/** A worker could not start; the message is the one plain line about it. */
export class WorkerStartError extends Error {}
