import { setTimeout as delay } from 'node:timers/promises';
import { call, password, type Service, startService } from '../../tests/support/processes/service.ts';
import { mebibytes, milliseconds } from '../support/report.ts';
import { connectionsOf, type Measured, measureDuring, waitUntil } from './measure.ts';
import { plantCrowd, plantHash } from './plant.ts';
import { countPipelined, get, openSockets, writeUnread } from './sockets.ts';

/** What an attack did: a figure beside its aim. */
type Finding = { what: string; figure: string; aim: string; holds: boolean };

type Attack = {
  name: string;
  title: string;
  /** Prepares the database, while no process of the service runs. */
  plant?(databaseUrl: string): Promise<void>;
  run(start: (settings?: Record<string, string>) => Promise<Service>, token: Tokens): Promise<Finding[]>;
};

/** Logs a user in. */
type Tokens = (service: Service) => Promise<string>;

/**
 * How much longer than without an attack a request may take, in milliseconds. Most of it is for the attacker, who shares
 * the machine's cores with the service; a query takes nothing of the attacker.
 */
const largestDelayMs = 100;
const largestQueryDelayMs = 25;

/** How much the peak of resident memory may grow, in bytes. */
const largestGrowth = 120 * 2 ** 20;

/** After this time, in seconds, the service has closed a connection on which nothing moves. */
const silenceSeconds = 65;

const maxConnections = 1000;

const judgeDelay = (
  { longestMs, ended }: Measured<unknown>,
  idle: Measured<unknown>,
  allowance = largestDelayMs,
): Finding => {
  const aim = idle.longestMs + allowance;
  return {
    what: 'longest delay of /healthz',
    figure: ended ? 'the process ended' : milliseconds(longestMs),
    aim: `≤ ${milliseconds(aim)}`,
    holds: !ended && longestMs <= aim,
  };
};

const judgeMemory = (what: string, { growth, ended }: Measured<unknown>): Finding => ({
  what,
  figure: ended ? `> ${mebibytes(growth)}, or the process ended` : mebibytes(growth),
  aim: `≤ ${mebibytes(largestGrowth)}`,
  holds: !ended && growth <= largestGrowth,
});

const judgeCount = (
  what: string,
  figure: number,
  aim: number,
  compare: 'at most' | 'exactly' = 'at most',
): Finding => ({
  what,
  figure: String(figure),
  aim: `${compare === 'at most' ? '≤' : '='} ${aim}`,
  holds: compare === 'at most' ? figure <= aim : figure === aim,
});

const idleOf = (service: Service): Promise<Measured<null>> => measureDuring(service, () => delay(1500, null));

/** The first request for a document makes it, which takes a second once. */
const load = async ({ url }: Service, path: string): Promise<void> => {
  const response = await fetch(new URL(path, url));
  await response.arrayBuffer();
};

/** Eight runs of combining marks in descending order of their combining class: sorting them takes quadratic time. */
const marks = `a${[0x300, 0x321, 0x651, 0x64c, 0x5bf, 0x5b8, 0x5b4, 0x5b0]
  .map((mark) => String.fromCodePoint(mark).repeat(3950))
  .join('')}`;

const longTexts: Attack = {
  name: 'texts',
  title: 'texts of 64 KiB whose normalisation is quadratic',
  async run(start, logIn) {
    const findings: Finding[] = [];
    for (const settings of [{}, { REGISTRATION: 'closed' }]) {
      await using service = await start(settings);
      const token = await logIn(service);
      const idle = await idleOf(service);
      const during = await measureDuring(service, async () => {
        for (const text of [marks, `${marks.slice(0, -4)}1Aa!`]) {
          await call(service.url, 'POST /api/registration', { body: { username: 'eve', password: text } });
          await call(service.url, 'POST /api/registration', { body: { username: text, password } });
          await call(service.url, 'POST /api/login', { body: { username: 'user-5', password: text } });
          await call(service.url, 'POST /api/login', { body: { username: text, password } });
          await call(service.url, 'PATCH /api/users/me', { token, body: { password: text } });
          await call(service.url, 'PATCH /api/users/me', { token, body: { skills: [text] } });
        }
      });
      const finding = judgeDelay(during, idle);
      findings.push({ ...finding, what: `${finding.what}, REGISTRATION=${settings.REGISTRATION ?? 'open'}` });
    }
    return findings;
  },
};

/** The number of requests that each connection sends at once. */
const pipelined = 1700;

/** How many pipelined requests a client may have unanswered. */
const maxPipelined = 16;

const pipelines: Attack = {
  name: 'pipelines',
  title: `${pipelined} pipelined requests for /openapi.json on each of 25 and 100 connections whose responses are not read`,
  async run(start) {
    const findings: Finding[] = [];
    for (const count of [25, 100]) {
      await using service = await start();
      await load(service, '/openapi.json');
      const idle = await idleOf(service);
      const during = await measureDuring(service, async () => {
        using sockets = await openSockets(service, count);
        writeUnread(sockets, get('/openapi.json').repeat(pipelined));
        await delay(8000);
      });
      findings.push(judgeMemory(`memory with ${count} connections`, during), judgeDelay(during, idle));
    }
    await using service = await start();
    const answered = await countPipelined(service, maxPipelined, '/openapi.json');
    findings.push(judgeCount(`answers to a client that pipelines ${maxPipelined}`, answered, maxPipelined, 'exactly'));
    return findings;
  },
};

const silence: Attack = {
  name: 'silence',
  title: '300 connections that request /docs/scalar.js and read nothing, and 300 with half a request',
  async run(start, logIn) {
    await using service = await start();
    const token = await logIn(service);
    await load(service, '/docs/scalar.js');
    const idle = await idleOf(service);
    const length = 'Content-Type: application/json\r\nContent-Length: 60000\r\n\r\n{';
    const halves = [
      'GET /healthz HTTP/1.1\r\nHost: loc',
      `POST /api/login HTTP/1.1\r\nHost: localhost\r\n${length}`,
      `PATCH /api/users/me HTTP/1.1\r\nHost: localhost\r\n${length}`,
      `PATCH /api/users/me HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${token}\r\n${length}`,
      `POST /nowhere HTTP/1.1\r\nHost: localhost\r\n${length}`,
      `POST /api/login HTTP/1.1\r\nHost: localhost\r\nContent-Length: 60000\r\nContent-Type: text/xml\r\n\r\n<`,
    ];
    const during = await measureDuring(service, async () => {
      using readers = await openSockets(service, 300);
      writeUnread(readers, get('/docs/scalar.js'));
      using halfSent = await openSockets(service, 300);
      halfSent.all.forEach((socket, index) => socket.resume().write(halves[index % halves.length] ?? ''));
      await delay(1000);
      const held = connectionsOf(service);
      // The probe of this program has a connection too.
      await waitUntil(() => connectionsOf(service) <= 1, silenceSeconds + 5);
      return { held, left: Math.max(0, connectionsOf(service) - 1) };
    });
    return [
      judgeCount(`connections left after ${silenceSeconds} s`, during.result?.left ?? Number.NaN, 0),
      judgeMemory(`memory`, during),
      judgeDelay(during, idle),
    ];
  },
};

const crowd: Attack = {
  name: 'crowd',
  title: `${maxConnections + 500} connections on which nothing is sent`,
  async run(start) {
    await using service = await start();
    const idle = await idleOf(service);
    const during = await measureDuring(service, async () => {
      using sockets = await openSockets(service, maxConnections + 500);
      await delay(500);
      return { held: connectionsOf(service), opened: sockets.all.length };
    });
    return [
      judgeCount('connections held', during.result?.held ?? Number.NaN, maxConnections),
      judgeMemory('memory', during),
      judgeDelay(during, idle),
    ];
  },
};

const scans: Attack = {
  name: 'scans',
  title: 'queries that match no user, or all users, in a large database',
  plant: plantCrowd,
  async run(start, logIn) {
    await using service = await start();
    const token = await logIn(service);
    const paths = [
      '/api/users?accepting=true',
      '/api/users?accepting=true&has_mentor=false',
      '/api/users?has_mentor=false&q=user-9',
      '/api/users?accepting=true&mentor=user-2',
      '/api/mentorships/graph?root=user-2&depth=100',
      '/api/mentorships/graph',
    ];
    const findings: Finding[] = [];
    const idle = await idleOf(service);
    for (const path of paths) {
      const during = await measureDuring(service, async () => {
        for (let time = 0; time < 3; time++) await call(service.url, `GET ${path}`, { token });
      });
      const finding = judgeDelay(during, idle, largestQueryDelayMs);
      findings.push({ ...finding, what: `${finding.what}, ${path}` });
    }
    return findings;
  },
};

/** How much of the CPU time of an ordinary registration a refused one may cost. */
const largestRatio = 0.1;

const weakPasswords: Attack = {
  name: 'passwords',
  title: 'weak passwords with PASSWORD_POLICY=strict after REGISTRATION_BUDGET is used up',
  async run(start) {
    await using service = await start({ PASSWORD_POLICY: 'strict', REGISTRATION_BUDGET: '5/1h' });
    const registration = (index: number, text: string) =>
      call(service.url, 'POST /api/registration', {
        body: { username: `eve-${process.pid}-${index}`, password: text },
      });
    const timeOf = async (count: number, send: (index: number) => Promise<unknown>): Promise<number> => {
      const began = performance.now();
      for (let index = 0; index < count; index++) await send(index);
      return (performance.now() - began) / count;
    };
    const idle = await idleOf(service);
    const ordinary = await timeOf(5, (index) => registration(index, `correct horse ${index} battery staple`));
    const weak = 'qwerty-password-dragon-monkey-'.repeat(4).slice(0, 120);
    let refused = Number.NaN;
    const during = await measureDuring(service, async () => {
      refused = await timeOf(50, (index) => registration(100 + index, `${weak}${index}`));
    });
    const ratio = refused / ordinary;
    return [
      {
        what: 'time of a refused registration / time of a good one',
        figure: ratio.toFixed(2),
        aim: `≤ ${largestRatio}`,
        holds: ratio <= largestRatio,
      },
      judgeDelay(during, idle),
    ];
  },
};

/** The iterations that an import accepts, and the time that they may take. */
const largestIterations = 1_500_000;

const slowHash: Attack = {
  name: 'hashes',
  title: 'failed logins while one user has a hash of 9,999,999 iterations',
  plant: plantHash,
  async run(start) {
    await using service = await start();
    const timeOf = async (username: string): Promise<number> => {
      const began = performance.now();
      await call(service.url, 'POST /api/login', { body: { username, password } });
      return performance.now() - began;
    };
    const failed = await timeOf('unknown-user');
    const { pbkdf2Sync } = await import('node:crypto');
    const began = performance.now();
    pbkdf2Sync(password, 'salt', largestIterations, 32, 'sha256');
    const aim = 1.5 * (performance.now() - began) + 200;
    return [
      {
        what: 'time of a failed login',
        figure: milliseconds(failed),
        aim: `≤ ${milliseconds(aim)}`,
        holds: failed <= aim,
      },
    ];
  },
};

export const attacks: readonly Attack[] = [longTexts, pipelines, silence, crowd, scans, weakPasswords, slowHash];

/** Starts the service with its default limits and no request logs. */
export const startAttacked =
  (databaseUrl: string) =>
  (settings: Record<string, string> = {}) =>
    startService({ DATABASE_URL: databaseUrl, LOG_LEVEL: 'error', ...settings });
