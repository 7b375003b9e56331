/** The metrics cannot be served where they should be; the cause says why. */
export class MetricsListenError extends Error {}
