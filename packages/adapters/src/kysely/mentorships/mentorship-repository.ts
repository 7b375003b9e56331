import type { MentorshipRepository } from '@mentorship/application';
import type { MentorshipId, Side, UserId } from '@mentorship/domain';
import type { Kysely } from 'kysely';
import { nextTimestamp } from '../../next-timestamp.ts';
import { fromTimestamp, toTimestamp } from '../schema/timestamp.ts';
import type { Engine } from '../engine/engine.ts';
import { kyselyMessagePruning } from './message-pruning.ts';
import { kyselyMentorshipClosing } from './bulk-closing.ts';
import { active, namedMentorship, requested, toMentorship, toNamedMentorship, toRow } from './mentorship-rows.ts';
import type { Schema } from '../schema/schema.ts';
import { only, preparedQuery, type Placeholders } from '../engine/prepared-query.ts';

type Row = ReturnType<typeof toRow>;

const raiseVersion = preparedQuery((db) =>
  db
    .updateTable('mentor_graph')
    .set(({ eb }) => ({ version: eb('version', '+', 1) }))
    .returning('changed_at'),
);

const noteChange = preparedQuery((db, { at }: Placeholders<{ at: string }>) =>
  db.updateTable('mentor_graph').set({ changed_at: at }),
);

const activeOf = preparedQuery((db, { mentee }: Placeholders<{ mentee: number }>) =>
  db.selectFrom('mentorships').selectAll().where('mentee_id', '=', mentee).where('status', '=', active),
);

const openRequest = preparedQuery((db, { mentee, mentor }: Placeholders<{ mentee: number; mentor: number }>) =>
  db
    .selectFrom('mentorships')
    .selectAll()
    .where('mentee_id', '=', mentee)
    .where('mentor_id', '=', mentor)
    .where('status', '=', requested),
);

const countSentBy = (side: Side) =>
  preparedQuery((db, { user, at }: Placeholders<{ user: number; at: string }>) =>
    db
      .selectFrom('mentorships')
      .select(({ fn }) => fn.countAll().as('count'))
      .where(`${side}_id`, '=', user)
      .where('status', '=', requested)
      .where('requested_by', '=', side)
      .where('expires_at', '>', at),
  );

const countSentRequests = { mentee: countSentBy('mentee'), mentor: countSentBy('mentor') };

const countMentees = preparedQuery((db, { mentor }: Placeholders<{ mentor: number }>) =>
  db
    .selectFrom('mentorships')
    .select(({ fn }) => fn.countAll().as('count'))
    .where('mentor_id', '=', mentor)
    .where('status', '=', active),
);

const mentorsAbove = preparedQuery((db, { user }: Placeholders<{ user: number }>) =>
  db
    .withRecursive('above(id, steps)', (cte) =>
      cte
        .selectFrom('mentorships')
        .select(({ lit }) => ['mentor_id as id', lit(1).as('steps')])
        .where('mentee_id', '=', user)
        .where('status', '=', active)
        .unionAll(
          cte
            .selectFrom('above')
            .innerJoin('mentorships', 'mentorships.mentee_id', 'above.id')
            .select(({ eb }) => ['mentorships.mentor_id as id', eb('above.steps', '+', 1).as('steps')])
            .where('mentorships.status', '=', active),
        ),
    )
    .selectFrom('above')
    .select('id')
    .orderBy('steps'),
);

const add = preparedQuery((db, row: Placeholders<Row>) => db.insertInto('mentorships').values(row).returning('id'));

type Saved = Pick<Row, 'status' | 'reason' | 'started_at' | 'ended_at' | 'version'> & { id: number; before: number };

const save = preparedQuery((db, { id, before, ...columns }: Placeholders<Saved>) =>
  db.updateTable('mentorships').set(columns).where('id', '=', id).where('version', '=', before).returning('id'),
);

export const kyselyMentorships = (db: Kysely<Schema>, engine: Engine): MentorshipRepository => ({
  async lockGraph(clock) {
    const { changed_at } = only(await raiseVersion(db, {}));
    const at = await nextTimestamp(changed_at === '' ? null : fromTimestamp(changed_at), clock);
    await noteChange(db, { at: toTimestamp(at) });
    return at;
  },

  async find(id) {
    const [row] = await namedMentorship(db, { id });
    return row ? toNamedMentorship(row) : null;
  },

  async activeOf(mentee) {
    const [row] = await activeOf(db, { mentee });
    return row ? toMentorship(row) : null;
  },

  async openRequest({ mentee, mentor }) {
    const [row] = await openRequest(db, { mentee, mentor });
    return row ? toMentorship(row) : null;
  },

  countSentRequests: async ({ user, side, at }) =>
    Number(only(await countSentRequests[side](db, { user, at: toTimestamp(at) })).count),

  countMentees: async (mentor) => Number(only(await countMentees(db, { mentor })).count),

  async mentorsAbove(user) {
    const rows = await mentorsAbove(db, { user });
    return rows.map(({ id }) => id as UserId);
  },

  add: async (mentorship) => only(await add(db, toRow(mentorship))).id as MentorshipId,

  async save({ id, ...mentorship }) {
    const { status, reason, started_at, ended_at, version } = toRow(mentorship);
    only(await save(db, { id, before: version - 1, status, reason, started_at, ended_at, version }));
  },

  ...kyselyMentorshipClosing(db),
  ...kyselyMessagePruning(db, engine),
});
