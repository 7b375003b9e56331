import type { Kysely } from 'kysely';
import type { Engine } from '../engine/engine.ts';

/** One step of the schema. A released step never changes: a new step changes the schema. */
export interface Migration {
  readonly name: string;
  up(db: Kysely<unknown>, engine: Engine): Promise<void>;
}
