/**
 * The control: these routes as one would write them in a single file, without layers. It returns the same responses, with
 * the same SQL in prepared statements, the same token check, the same schemas and the same hashing.
 * `bare` has neither token check nor schemas: the cost of Fastify and the driver.
 *
 * WORKERS starts that many processes on one port.
 *
 *   node control.ts <sqlite:path | postgres://…> <control | bare>
 */
import cluster from 'node:cluster';
import { once } from 'node:events';
import { createHash, createPublicKey, randomBytes, randomUUID } from 'node:crypto';
import { availableParallelism } from 'node:os';
import fastifyJwt from '@fastify/jwt';
import { Registered, Registration } from '@mentorship/http/schemas/registration';
import { Logout } from '@mentorship/http/schemas/sessions';
import { ProfileUpdate, UserDetail, UserList, UserListQuery, UserParams } from '@mentorship/http/schemas/users';
import { argon2id, hash } from 'argon2';
import Sqlite from 'better-sqlite3';
import Fastify, { type FastifyReply, type FastifyRequest, LogController } from 'fastify';
import pg from 'pg';

process.env['UV_THREADPOOL_SIZE'] ??= String(availableParallelism() + 4);

type Value = string | number | null;
type Row = Record<string, Value>;
type Run = (sql: string, values?: Value[]) => Row[] | Promise<Row[]>;
interface Database {
  read: Run;
  transaction<Result>(work: (run: Run) => Promise<Result>): Promise<Result>;
}

const openSqlite = (path: string): Database => {
  const common = ['journal_mode = wal', 'synchronous = full', 'foreign_keys = on', 'secure_delete = on'];
  const open = (...own: string[]) => {
    const database = new Sqlite(path);
    for (const pragma of [...common, ...own]) database.pragma(pragma);
    const statements = new Map<string, Sqlite.Statement>();
    return (sql: string, values: Value[] = []): Row[] => {
      let statement = statements.get(sql);
      // With a bare parameter, SQLite would plan most of these again for each value.
      if (!statement) statements.set(sql, (statement = database.prepare(sql.replaceAll(/\$\d+/g, '+?'))));
      if (statement.reader) return statement.all(values) as Row[];
      statement.run(values);
      return [];
    };
  };
  const [read, write] = [open('cache_size = -65536'), open()];
  let last: Promise<unknown> = Promise.resolve();
  return {
    read,
    transaction(work) {
      const result = last.then(async () => {
        write('begin immediate');
        try {
          const done = await work(write);
          write('commit');
          return done;
        } catch (error) {
          write('rollback');
          throw error;
        }
      });
      last = result.catch(() => {});
      return result;
    },
  };
};

const openPostgres = (url: string): Database => {
  const pool = new pg.Pool({ connectionString: url, max: 10 });
  return {
    read: async (text, values) => (await pool.query({ text, values: values ?? [] })).rows as Row[],
    async transaction(work) {
      const client = await pool.connect();
      try {
        await client.query(
          'begin; set local statement_timeout = 1125; set local idle_in_transaction_session_timeout = 1500',
        );
        // pg's own promises put a function into each query, which V8 then allocates in the old generation.
        const done = await work(
          (text, values) =>
            new Promise((resolve, reject) => {
              client.query({ text, values: values ?? [] }, (error: Error | null, result) => {
                if (error) reject(error);
                else resolve(result.rows as Row[]);
              });
            }),
        );
        await client.query('commit');
        return done;
      } catch (error) {
        await client.query('rollback');
        throw error;
      } finally {
        client.release();
      }
    },
  };
};

const mentorName = `(select "mentor"."username" from "mentorships" as "link" inner join "users" as "mentor" on "mentor"."id" = "link"."mentor_id"
  where "link"."mentee_id" = "users"."id" and "link"."status" = 'active') as "mentor_username"`;
const sql = {
  detail: `select "users"."username", "users"."email", "users"."phone", "users"."password_hash", "users"."mentor_policy",
    "users"."mentor_capacity", "users"."bio", "users"."skills", ${mentorName}, "mentee"."id" as "mentee_id", "mentee"."username" as "mentee_username"
    from "users" left join (select "mentor_id", "mentee_id" from "mentorships" where "mentor_id" = $1 and "status" = 'active'
      order by "mentee_id" limit $2) as "mentees" on "mentees"."mentor_id" = "users"."id"
    left join "users" as "mentee" on "mentee"."id" = "mentees"."mentee_id"
    where "users"."id" = $3 and "users"."ended_at" is null order by "mentees"."mentee_id"`,
  list: `select "users"."id", "users"."username", ${mentorName} from "users"
    where "users"."ended_at" is null and "users"."id" > $1 order by "users"."id" limit $2`,
  keys: `select * from "signing_keys"`,
  ends: `select "number" from "session_end_counter"`,
  endedSince: `select "id", "access_until" from "sessions" where "end_number" > $1 and "access_until" > $2`,
  credentials: `select "users"."id", "users"."password_hash", "users"."deactivated_at", "user_networks"."network",
    (select max("pbkdf2_iterations") as "slowest" from "users" where "pbkdf2_iterations" is not null) as "slowest"
    from (select 1 as "one") as "always" left join "users" on "users"."username_key" = $1 and "users"."ended_at" is null
    left join "user_networks" on "user_networks"."user_id" = "users"."id" and "user_networks"."network" = $2`,
  register: `insert into "users" ("username", "username_key", "email", "phone", "password_hash", "created_at")
    values ($1, $2, $3, $4, $5, $6) on conflict ("username_key") do nothing returning "id"`,
  event: `insert into "security_events" ("type", "occurred_at", "user_id", "session_id", "reason", "count", "ip", "user_agent", "keep_until")
    values ($1, $2, $3, $4, $5, 1, $6, $7, $8)`,
  setPhone: `update "users" set "username" = "username", "phone" = $1 where "id" = $2 and "ended_at" is null returning "id"`,
  session: `select * from "sessions" where "id" = $1 and "user_id" = $2`,
  open: `select "id" from "sessions" where "user_id" = $1 and "ended_at" is null and "id" = $2 limit 1`,
  raise: `update "session_end_counter" set "number" = "number" + 1 returning "number"`,
  end: `update "sessions" set "ended_at" = $1, "end_reason" = $2, "end_number" = $3 where "ended_at" is null
    and "id" in (select "id" from "sessions" where "user_id" = $4 and "ended_at" is null and "id" = $5) returning "id", "access_until"`,
};

const [url = '', program = 'control'] = process.argv.slice(2);
const database = url.startsWith('sqlite:') ? openSqlite(url.slice('sqlite:'.length)) : openPostgres(url);
const now = () => new Date().toISOString();

const headers = {
  'content-security-policy': "default-src 'none';frame-ancestors 'none'",
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'origin-agent-cluster': '?1',
  'referrer-policy': 'no-referrer',
  'strict-transport-security': 'max-age=31536000; includeSubDomains',
  'x-content-type-options': 'nosniff',
  'x-dns-prefetch-control': 'off',
  'x-download-options': 'noopen',
  'x-frame-options': 'DENY',
  'x-permitted-cross-domain-policies': 'none',
  'x-xss-protection': '0',
  'cache-control': 'no-store',
};

const app = Fastify({
  logger: { level: process.env['LOG_LEVEL'] ?? 'info' },
  logController: new LogController({ disableRequestLogging: true }),
  genReqId: () => randomUUID(),
  keepAliveTimeout: 72_000,
  requestTimeout: 15_000,
  ajv: {
    customOptions: { coerceTypes: false, removeAdditional: false, useDefaults: false, allowUnionTypes: true },
    onCreate: (ajv) => {
      const size = (text: string) => /^[1-9]\d{0,3}$/.test(text) && Number(text) <= 1000;
      const filled = (text: string) => text.trim() !== '';
      const checks = { username: filled, 'new-password': (text: string) => text.length >= 8, 'page-size': size };
      const others = ['email-address', 'phone', 'text', 'bio', 'skill', 'user-cursor'];
      for (const format of others) ajv.addFormat(format, { type: 'string', validate: () => true });
      for (const [format, validate] of Object.entries(checks)) ajv.addFormat(format, { type: 'string', validate });
    },
  },
});

interface Actor {
  userId: number;
  sessionId: string;
}
interface Claims {
  token_type: string;
  user_id: number;
  sid: string;
  exp: number;
}

const refuse = (statusCode: number, message: string) => Object.assign(new Error(message), { statusCode });

/** The published keys and ended sessions of all processes. */
const trust = {
  keys: new Map<string, { pem: string; until: number }>(),
  ended: new Map<string, number>(),
  number: -1,
  at: 0,
};
const poll = async () => {
  const began = performance.now();
  const keys: typeof trust.keys = new Map();
  for (const { kid, public_key: x, expires_at: until } of await database.read(sql.keys)) {
    const key = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x: String(x) }, format: 'jwk' });
    keys.set(String(kid), {
      pem: key.export({ type: 'spki', format: 'pem' }),
      until: Date.parse(String(until)),
    });
  }
  const [counter] = await database.read(sql.ends);
  const number = Number(counter?.['number']);
  if (number !== trust.number)
    for (const row of await database.read(sql.endedSince, [trust.number, now()]))
      trust.ended.set(String(row['id']), Date.parse(String(row['access_until'])));
  Object.assign(trust, { keys, number, at: began });
};

await app.register(fastifyJwt, { secret: { private: 'not used', public: 'not used' } });
const verified = new Map<string, { kid: string; claims: Claims }>();

/** A signature is checked once. */
const verify = (type: string, token: string): Claims => {
  const known = verified.get(token);
  if (known?.claims.token_type === type && trust.keys.has(known.kid) && known.claims.exp * 1000 > Date.now())
    return known.claims;
  const { kid } = (app.jwt.decode(token, { complete: true }) as unknown as { header: { kid: string } }).header;
  const key = trust.keys.get(kid);
  if (!key || key.until <= Date.now()) throw refuse(401, 'no such key');
  const claims = app.jwt.verify<Claims>(token, { key: key.pem, algorithms: ['EdDSA'], allowedIss: 'mentorship' });
  if (claims.token_type !== type) throw refuse(401, 'wrong token type');
  if (verified.size >= 10_000) verified.delete(verified.keys().next().value as string);
  verified.set(token, { kid, claims });
  return claims;
};

app.decorateRequest('actor');
const authenticate = (request: FastifyRequest, _reply: FastifyReply, done: (error?: Error) => void) => {
  try {
    const { authorization = '' } = request.headers;
    if (!authorization.startsWith('Bearer ')) throw refuse(401, 'no token');
    const { user_id: userId, sid: sessionId } = verify('access', authorization.slice('Bearer '.length));
    if (trust.ended.has(sessionId) || performance.now() - trust.at > 750) throw refuse(401, 'ended');
    request.setDecorator<Actor>('actor', { userId, sessionId });
    done();
  } catch (error) {
    done(error as Error);
  }
};

app.addHook('onRequest', (request, reply, done) => {
  reply.headers(headers);
  reply.header('x-request-id', request.id);
  done();
});
app.addHook('onResponse', (request, reply, done) => {
  const [url] = request.url.split('?', 1);
  const milliseconds = Math.round(reply.elapsedTime * 10) / 10;
  request.log.info({ method: request.method, url, status: reply.statusCode, milliseconds, ip: request.ip }, 'answered');
  done();
});

const maxPageSize = 1000;
const toCursor = (after: Value) => Buffer.from(`after:${after}`).toString('base64url');

const detail = async (reply: FastifyReply, id: number, own: boolean) => {
  const rows = await database.read(sql.detail, [id, maxPageSize + 1, id]);
  const [user] = rows;
  if (!user) throw refuse(404, 'no such user');
  const more = rows.length > maxPageSize;
  if (more) {
    const cursor = toCursor(rows[maxPageSize - 1]?.['mentee_id'] ?? null);
    reply.header(
      'link',
      `</api/users?mentor=${encodeURIComponent(String(user['username']))}&cursor=${cursor}>; rel="next"`,
    );
  }
  const mentees = [];
  for (const { mentee_username: name } of more ? rows.slice(0, maxPageSize) : rows)
    if (name !== null) mentees.push(name);
  const body = {
    id,
    username: user['username'],
    phone: user['phone'],
    email: user['email'],
    mentor_username: user['mentor_username'],
    mentees,
    ...(user['mentor_policy'] !== null && {
      mentor_policy: user['mentor_policy'],
      mentor_capacity: user['mentor_capacity'],
      bio: user['bio'],
      skills: JSON.parse(String(user['skills'] ?? '[]')) as string[],
    }),
    ...(own && { password: `${String(user['password_hash']).split('$').slice(0, -2).join('$')}$********` }),
  };
  reply.header('etag', `"${createHash('sha256').update(JSON.stringify(body)).digest('base64url').slice(0, 22)}"`);
  return body;
};

const list = async (reply: FastifyReply, limit: number) => {
  const rows = await database.read(sql.list, [0, limit + 1]);
  if (rows.length > limit) {
    rows.pop();
    reply.header('link', `</api/users?limit=${limit}&cursor=${toCursor(rows.at(-1)?.['id'] ?? null)}>; rel="next"`);
  }
  return rows.map(({ username, mentor_username }) => ({ username, mentor_username }));
};

const event = (
  type: string,
  userId: number,
  sessionId: string | null,
  reason: string | null,
  request: FastifyRequest,
): Value[] => {
  const keepUntil = new Date(Date.now() + 90 * 24 * 60 * 60 * 1000).toISOString();
  return [type, now(), userId, sessionId, reason, request.ip, request.headers['user-agent'] ?? null, keepUntil];
};

const register = async (request: FastifyRequest, reply: FastifyReply) => {
  const { username, password, email, phone } = request.body as Record<string, string>;
  const name = (username ?? '').trim().normalize('NFKC');
  const key = name.toLowerCase();
  const [taken] = await database.read(sql.credentials, [key, null]);
  if (taken?.['id'] !== null) throw refuse(409, 'taken');
  const salt = randomBytes(16);
  const cost = {
    type: argon2id,
    memoryCost: 19_456,
    timeCost: 2,
    parallelism: 1,
    hashLength: 32,
    salt,
    raw: true,
  } as const;
  const digest = await hash((password ?? '').normalize('NFKC'), cost);
  const base64 = (bytes: Buffer) => bytes.toString('base64').replaceAll('=', '');
  const encoded = `$argon2id$v=19$m=19456,t=2,p=1$${base64(salt)}$${base64(digest)}`;
  const id = await database.transaction(async (run) => {
    const [row] = await run(sql.register, [name, key, email ?? null, phone ?? null, encoded, now()]);
    if (!row) throw refuse(409, 'taken');
    await run(sql.event, event('registered', Number(row['id']), null, null, request));
    return Number(row['id']);
  });
  reply.code(201).header('location', `/api/users/${id}`);
  return { id, username: name, email: email ?? null, phone: phone ?? null, mentor_username: null };
};

const update = async (request: FastifyRequest, reply: FastifyReply, { userId, sessionId }: Actor) => {
  const { phone } = request.body as { phone: string };
  await database.read(sql.detail, [userId, maxPageSize + 1, userId]);
  await database.transaction(async (run) => {
    const [changed] = await run(sql.setPhone, [phone, userId]);
    const [session] = await run(sql.session, [sessionId, userId]);
    if (!changed || !session || session['ended_at'] !== null) throw refuse(401, 'ended');
  });
  return detail(reply, userId, true);
};

const logOut = async (request: FastifyRequest, reply: FastifyReply, { userId }: Actor, sid: string) => {
  const ended = await database.transaction(async (run) => {
    const [session] = await run(sql.session, [sid, userId]);
    if (!session || session['ended_at'] !== null || Date.parse(String(session['expires_at'])) <= Date.now())
      throw refuse(400, 'not open');
    await run(sql.open, [userId, sid]);
    const [counter] = await run(sql.raise);
    const rows = await run(sql.end, [now(), 'logout', counter?.['number'] ?? null, userId, sid]);
    await run(sql.event, event('session_ended', userId, sid, 'logout', request));
    return rows;
  });
  for (const row of ended) trust.ended.set(String(row['id']), Date.parse(String(row['access_until'])));
  return reply.code(205).send();
};

const json = (schema: object) => ({ content: { 'application/json': { schema } } });

if (program === 'bare') {
  const actorOf = (request: FastifyRequest): Actor => {
    const [, payload = ''] = (request.headers.authorization ?? '').split('.');
    const { user_id: userId, sid: sessionId } = JSON.parse(Buffer.from(payload, 'base64url').toString()) as Claims;
    return { userId, sessionId };
  };
  app.get('/api/users', (request, reply) => list(reply, Number((request.query as { limit?: string }).limit ?? 1000)));
  app.get('/api/users/me', (_request, reply) => detail(reply, 1, true));
  app.get('/api/users/:id', (request, reply) => detail(reply, Number((request.params as { id: string }).id), false));
  app.patch('/api/users/:id', (request, reply) => update(request, reply, actorOf(request)));
  app.post('/api/registration', register);
  app.post('/api/logout', (request, reply) => {
    const [, payload = ''] = (request.body as { refresh: string }).refresh.split('.');
    return logOut(
      request,
      reply,
      actorOf(request),
      (JSON.parse(Buffer.from(payload, 'base64url').toString()) as Claims).sid,
    );
  });
} else {
  await poll();
  setInterval(() => void poll(), 250).unref();
  const onRequest = authenticate;
  const actorOf = (request: FastifyRequest) => request.getDecorator<Actor>('actor');
  const shown = { 200: json(UserDetail) };

  app.get(
    '/api/users',
    { onRequest, schema: { querystring: UserListQuery, response: { 200: json(UserList) } } },
    (request, reply) => list(reply, Number((request.query as { limit?: string }).limit ?? 1000)),
  );
  app.get('/api/users/me', { onRequest, schema: { response: shown } }, (request, reply) =>
    detail(reply, actorOf(request).userId, true),
  );
  app.get('/api/users/:id', { onRequest, schema: { params: UserParams, response: shown } }, (request, reply) => {
    const id = Number((request.params as { id: string }).id);
    return detail(reply, id, id === actorOf(request).userId);
  });
  app.patch(
    '/api/users/:id',
    { onRequest, schema: { params: UserParams, body: ProfileUpdate, response: shown } },
    (request, reply) => {
      const actor = actorOf(request);
      if (Number((request.params as { id: string }).id) !== actor.userId) throw refuse(403, 'not you');
      return update(request, reply, actor);
    },
  );
  app.post('/api/registration', { schema: { body: Registration, response: { 201: json(Registered) } } }, register);
  app.post('/api/logout', { onRequest, schema: { body: Logout } }, (request, reply) => {
    const actor = actorOf(request);
    const { user_id: userId, sid } = verify('refresh', (request.body as { refresh: string }).refresh);
    if (userId !== actor.userId) throw refuse(400, 'not yours');
    return logOut(request, reply, actor, sid);
  });
}

const workers = Number(process.env['WORKERS'] ?? 1);
if (cluster.isPrimary && workers > 1) {
  const ready = Array.from({ length: workers }, () => once(cluster.fork(), 'listening'));
  const [[{ port }]] = (await Promise.all(ready)) as [[{ port: number }]];
  process.stdout.write(`listening on http://127.0.0.1:${port}\n`);
} else {
  const origin = await app.listen({ host: '127.0.0.1', port: Number(process.env['PORT'] ?? 0) });
  if (cluster.isPrimary) process.stdout.write(`listening on ${origin}\n`);
}
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => process.exit());
