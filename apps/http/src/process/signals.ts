/** The signals that stop the service. */
export const stopSignals = ['SIGTERM', 'SIGINT'] as const;
