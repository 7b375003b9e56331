/** A moment: milliseconds since 1970-01-01T00:00:00Z, as the clock port gives it. */
export type Instant = number;

/** A length of time in whole seconds, the unit of JWT claims (RFC 7519, section 2). */
export type Seconds = number;

/** The moment as the whole seconds of a JWT's NumericDate (RFC 7519, section 2). */
export const toSeconds = (at: Instant): Seconds => Math.floor(at / 1000);

/** The moment of a NumericDate. */
export const fromSeconds = (seconds: Seconds): Instant => seconds * 1000;
