import { Client } from 'pg';

/** The outcome of a write as its client sees it. Whether a write that got a 503 was kept is not known. */
export type Fate = 'acknowledged' | 'unknown' | 'refused';

/** A log outside the service: the value of each named thing. */
export type Ledger = {
  write(thing: string, value: string, fate: Fate): void;
  readonly acknowledged: number;
  /** The things with an impossible value: an acknowledged write was lost, or an unknown write is there. */
  lostIn(databaseUrl: string): Promise<string[]>;
};

export const newLedger = (): Ledger => {
  // The possible values: the last acknowledged one, and the values of later writes without a clear response.
  const known = new Map<string, ReadonlySet<string>>();
  let acknowledged = 0;
  return {
    write(thing, value, fate) {
      if (fate === 'refused') return;
      if (fate === 'acknowledged') acknowledged += 1;
      const before = fate === 'acknowledged' ? [] : (known.get(thing) ?? [absent]);
      known.set(thing, new Set([...before, value]));
    },
    get acknowledged() {
      return acknowledged;
    },
    async lostIn(databaseUrl) {
      const there = await readThings(databaseUrl);
      return [...known]
        .filter(([thing, possible]) => !possible.has(there.get(thing) ?? absent))
        .map(([thing, possible]) => `${thing} is ${there.get(thing) ?? absent}, not ${[...possible].join(' or ')}`);
    },
  };
};

const absent = 'absent';

/** The SQL of all things that the writers write. */
const things = `
  select 'user ' || username as thing, 'there' as value from users
  union all select 'phone of ' || username, phone from users where phone is not null
  union all select 'email of ' || username, email from users where email is not null
  union all select 'mentor of ' || mentee.username, mentor.username from mentorships
    join users as mentee on mentee.id = mentee_id join users as mentor on mentor.id = mentor_id where status = 'active'
  union all select 'mentorship ' || id, status from mentorships
  union all select 'session ' || id, case when ended_at is null then 'open' else 'ended' end from sessions`;

const readThings = async (databaseUrl: string): Promise<Map<string, string>> => {
  const client = new Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    const { rows } = await client.query<{ thing: string; value: string }>(things);
    return new Map(rows.map(({ thing, value }) => [thing, value]));
  } finally {
    await client.end();
  }
};
