import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort, isRoot } from './postgres-server.ts';
import { launch } from './service.ts';
import { untilListening } from './until-listening.ts';

// Debian installs it in a folder that is only on the PATH of administrators.
const environment = { PATH: `${process.env['PATH']}:/usr/local/sbin:/usr/sbin` };

export const hasNginx = (): boolean => !spawnSync('nginx', ['-v'], { env: environment }).error;

export const howToGetNginx = 'nginx is not installed. Install it: apt-get install nginx (or: brew install nginx).';

const shipped = (name: string): string => readFileSync(new URL(`../../../deploy/${name}`, import.meta.url), 'utf8');
export const shippedNginxConf = shipped('nginx.conf');
export const shippedComposeConf = shipped('nginx-in-compose.conf');

/** Replaces the addresses of the shipped configuration: the one it listens on, and the instances'. */
const readdressed = (conf: string, listen: string, instances: readonly string[]): string => {
  const left = [...instances];
  return replaced(conf, 'listen 8080;', `listen ${listen};`).replaceAll(
    /(?<= server )(?:api-\d|127\.0\.0\.1):3000 /g,
    (shippedAddress) => `${left.shift() ?? shippedAddress.trim()} `,
  );
};

const replaced = (text: string, from: string, to: string): string => {
  if (!text.includes(from)) throw new Error(`deploy/nginx.conf has no "${from}".`);
  return text.replace(from, to);
};

export type Nginx = AsyncDisposable & {
  url: string;
  /** The instances that nginx sent each request to, in order. */
  asked(): string[][];
};

/** Starts a real nginx in front of these instances, with the shipped configuration or a variant of it. */
export const startNginx = async (instances: readonly string[], conf = shippedNginxConf): Promise<Nginx> => {
  const folder = mkdtempSync(join(tmpdir(), 'mentorship-nginx-'));
  const listen = `127.0.0.1:${await freePort()}`;
  const addresses = instances.map((url) => new URL(url).host);
  writeFileSync(join(folder, 'mentorship.conf'), readdressed(conf, listen, addresses));
  writeFileSync(join(folder, 'nginx.conf'), mainConf(folder));
  // Its workers are separate processes: the signal goes to the group.
  const command = ['nginx', '-p', folder, '-e', 'stderr', '-c', join(folder, 'nginx.conf')];
  const nginx = launch(environment, { folder, command, group: true });
  const dispose = async () => {
    await nginx.stop('SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    await untilListening(Number(listen.split(':')[1]), nginx);
  } catch (error) {
    await dispose();
    throw error;
  }
  const asked = () =>
    readFileSync(join(folder, 'asked'), 'utf8')
      .split('\n')
      .filter((line) => line !== '' && line !== '-')
      .map((line) => line.split(', '));
  return { url: `http://${listen}`, asked, [Symbol.asyncDispose]: dispose };
};

/** The main configuration, which a distribution provides elsewhere; all its files are in the folder. */
const mainConf = (folder: string): string => `
${isRoot ? 'user root;' : ''}
worker_processes 2;
daemon off;
pid ${folder}/pid;
error_log stderr crit;
events { worker_connections 1024; }
http {
    log_format asked '$upstream_addr';
    access_log ${folder}/asked asked;
    ${['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((name) => `${name}_temp_path ${folder}/${name};`).join(' ')}
    include ${folder}/mentorship.conf;
}
`;
