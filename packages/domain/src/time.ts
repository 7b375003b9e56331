/** A timestamp in milliseconds since 1970-01-01T00:00:00Z, as the `Clock` returns it. */
export type Instant = number;

/** A duration or a NumericDate in whole seconds, the unit of JWT claims (RFC 7519, section 2). */
export type Seconds = number;

/** Rounds a timestamp down to a NumericDate. */
export const toSeconds = (at: Instant): Seconds => Math.floor(at / 1000);

/** Converts a NumericDate or a duration to milliseconds. */
export const fromSeconds = (seconds: Seconds): Instant => seconds * 1000;
