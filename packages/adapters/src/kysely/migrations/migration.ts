import type { Kysely } from 'kysely';
import type { Engine } from '../engine/engine.ts';

/** One step of the schema. Once released it never changes: the next step does. */
export interface Migration {
  readonly name: string;
  up(db: Kysely<unknown>, engine: Engine): Promise<void>;
}
