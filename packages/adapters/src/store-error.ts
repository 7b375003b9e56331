/** The store cannot be used in its present state. The message is one plain line: what is wrong, then what to do. */
export class StoreError extends Error {}
