/** Names for sessions and tokens: unique and not to be guessed. */
export interface IdGenerator {
  next(): string;
}
