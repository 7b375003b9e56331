import { constants } from 'node:os';

/** The signals that stop the service. A terminal that closes sends SIGHUP. */
const stopSignals = ['SIGTERM', 'SIGINT', 'SIGHUP'] as const;
export type StopSignal = (typeof stopSignals)[number];

/**
 * Handles the signals until it is called again. Without a handler, the kernel ignores them for the first process of a
 * container.
 */
export const onStopSignal = (handle: (signal: StopSignal) => void): void => {
  for (const signal of stopSignals) process.removeAllListeners(signal).on(signal, () => handle(signal));
};

/** Ends the process at once, as the signal does by default: before it listens, it has no request to finish. */
export const exitOn = (signal: StopSignal): never => process.exit(128 + constants.signals[signal]);
