import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { temporaryFolder } from '../temporary-folder.ts';
import { compileCache } from './service.ts';

const checkout = fileURLToPath(new URL('../../..', import.meta.url));

/**
 * Fakes of the administrator's programs. Those that would change this machine only record their calls. `systemctl` starts
 * and stops the command of a unit, without systemd.
 */
const programs: Record<string, string> = {
  sudo: `while [ "\${1#-}" != "$1" ]; do [ "$1" = -u ] && shift; shift; done
exec "$@"`,
  systemctl: `verb=$1; shift; [ "$1" = --now ] && { verb=restart; shift; }
unit=$ROOT/etc/systemd/system/$1.service
value() { sed -n "s/^$1=//p" "$unit" | sed "s#/opt/mentorship#$ROOT/opt/mentorship#g"; }
stop() {
  [ -e "$ROOT/$1.pid" ] || return 0
  kill -TERM "$(cat "$ROOT/$1.pid")"
  while kill -0 "$(cat "$ROOT/$1.pid")" 2>/dev/null; do sleep 0.05; done
  rm "$ROOT/$1.pid"
}
case $verb in
  stop) stop "$1" ;;
  start|restart)
    stop "$1"
    cd "$(value WorkingDirectory)"
    # shellcheck disable=SC2046
    nohup $(value ExecStart) >>"$ROOT/$1.log" 2>&1 &
    echo $! >"$ROOT/$1.pid" ;;
  *) echo "systemctl $verb $*" ;;
esac`,
  install: `for last; do :; done; mkdir -p "$last"`,
  openssl: 'echo 0123456789abcdef',
  // Supports .backup only.
  sqlite3: `exec "$ROOT/opt/mentorship/node_modules/.bin/node" --input-type=module --eval "
const { backup, DatabaseSync } = await import('node:sqlite');
await backup(new DatabaseSync(process.argv[1]), process.argv[2].replace(/^[.]backup /, ''));" "$1" "$2"`,
  journalctl: `cat "$ROOT/mentorship.log"`,
  npx: `case "$*" in
  *" install "*) echo "installed" ;;
  "-y pnpm@12 mentorship "*) shift 3; exec node_modules/.bin/node apps/cli/src/main.ts "$@" ;;
  *) echo "npx $*" >&2; exit 1 ;;
esac`,
};

/** Programs that only record their calls. */
const recorded = [
  'adduser',
  'apt-get',
  'chown',
  'createdb',
  'createuser',
  'docker',
  'dropdb',
  'nginx',
  'pg_dump',
  'pg_restore',
  'psql',
];

/**
 * Simulates a machine in a folder: `/opt/mentorship` is this checkout, `/etc` and `/var` are empty. `run` runs a bash
 * script in it, up to the first command that fails.
 */
export const createMachine = () => {
  const folder = temporaryFolder();
  const root = folder.path;
  for (const path of [
    'bin',
    'etc/systemd/system',
    'etc/nginx/conf.d',
    'opt/mentorship',
    'var/lib/mentorship',
    'var/backups',
  ])
    mkdirSync(join(root, path), { recursive: true });
  for (const name of readdirSync(checkout))
    if (!['.env', 'data', '.git'].includes(name)) symlinkSync(join(checkout, name), join(root, 'opt/mentorship', name));
  const all = {
    ...programs,
    ...Object.fromEntries(recorded.map((name) => [name, `echo "${name} $*" >>"$ROOT/calls"`])),
  };
  for (const [name, script] of Object.entries(all)) {
    writeFileSync(join(root, 'bin', name), `#!/usr/bin/env bash\n${script}\n`);
    chmodSync(join(root, 'bin', name), 0o755);
  }

  const run = async (script: string, environment: Record<string, string> = {}) => {
    const here = script.replaceAll(/(?<![\w.])\/(opt|etc|var)\//g, `${root}/$1/`);
    const bash = spawn('bash', ['-euo', 'pipefail', '-c', here], {
      cwd: root,
      env: {
        PATH: `${join(root, 'bin')}:${process.env['PATH']}`,
        HOME: root,
        ROOT: root,
        ...compileCache,
        ...environment,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const [stdout, stderr] = [text(bash.stdout), text(bash.stderr)];
    const [code] = (await once(bash, 'close')) as [number | null];
    return { code, stdout: await stdout, stderr: await stderr };
  };

  return {
    root,
    run,
    async [Symbol.asyncDispose]() {
      await run('systemctl stop mentorship');
      folder.remove();
    },
  };
};
