/** A store that cannot be used as it is; the message is one plain line that says why, and what to do. */
export class StoreError extends Error {}
