/** The smallest service on SQLite: Fastify, the driver, one route. */
import Sqlite from 'better-sqlite3';
import Fastify from 'fastify';

const [url = ''] = process.argv.slice(2);
const database = new Sqlite(url.slice('sqlite:'.length));
const first = database.prepare('select id from users order by id limit 1');
const app = Fastify();
app.get('/healthz', () => ({ status: 'ok', first: first.get() }));
process.stdout.write(`listening on ${await app.listen({ host: '127.0.0.1', port: 0 })}\n`);
