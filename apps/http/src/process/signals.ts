/** The signals that ask for a stop. */
export const stopSignals = ['SIGTERM', 'SIGINT'] as const;
