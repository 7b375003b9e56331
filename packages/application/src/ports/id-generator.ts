/** Names for sessions and tokens: unique and not to be guessed. */
export interface IdGenerator {
  /** At most 128 characters. */
  next(): string;
}
