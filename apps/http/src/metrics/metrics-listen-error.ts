/** The metrics server cannot listen on its address or port; `cause` has the reason. */
export class MetricsListenError extends Error {}
