/** Generates unique, unguessable ids for sessions and tokens. */
export interface IdGenerator {
  /** At most 128 characters. */
  next(): string;
}
