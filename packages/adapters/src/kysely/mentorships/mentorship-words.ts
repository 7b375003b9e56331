import { closingReasons } from '@mentorship/domain';
import { type ExpressionBuilder, sql } from 'kysely';
import type { Schema } from '../schema/schema.ts';

/** What is left of a mentorship without the words of its users: a `ClosingReason` stays. */
export const withoutWords = (eb: ExpressionBuilder<Schema, 'mentorships'>) => ({
  message: null,
  reason: eb.case().when('reason', 'in', closingReasons).then(eb.ref('reason')).else(null).end(),
  version: eb('version', '+', 1),
});

/** As in the index `mentorships_with_words`: a database uses it only where the query repeats its condition. */
export const hasWords = sql<boolean>`(message is not null
  or reason not in (${sql.join(closingReasons.map((reason) => sql.lit(reason)))}))`;
