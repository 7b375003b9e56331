import { writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { inflate } from '@sparticuz/chromium';
import { chromium, type Browser } from 'playwright-core';
import { temporaryFolder } from '../temporary-folder.ts';

// Root cannot use the sandbox. The browser itself must contact no host, only the page may.
const options = {
  chromiumSandbox: false,
  args: [
    '--disable-gpu',
    '--disable-quic',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
  ],
};

/** Launches Chromium from the @sparticuz/chromium package on Linux x64, elsewhere an installed Chrome or Edge. */
export const launchBrowser = (): Promise<Browser> =>
  process.platform === 'linux' && process.arch === 'x64' ? launchPackaged() : launchInstalled();

/** The package brings its fonts and libraries, so Chromium runs on servers, and looks the same everywhere. */
const launchPackaged = async (): Promise<Browser> => {
  const folder = temporaryFolder();
  const within = (...names: string[]) => join(folder.path, ...names);
  try {
    await unpackInto(folder.path, 'chromium.br', 'fonts.tar.br', 'al2023.tar.br');
    const fonts = `<fontconfig><dir>${within('fonts')}</dir><cachedir>${within('cache')}</cachedir></fontconfig>`;
    writeFileSync(within('fonts.conf'), fonts);
    const env = { ...process.env, FONTCONFIG_FILE: within('fonts.conf'), LD_LIBRARY_PATH: within('al2023', 'lib') };
    const browser = await chromium.launch({ ...options, executablePath: within('chromium'), env });
    return browser.on('disconnected', folder.remove);
  } catch (error) {
    folder.remove();
    throw error;
  }
};

/** The package unpacks to fixed names in TMPDIR, which another run may use: so each run gets a TMPDIR of its own. */
const unpackInto = async (folder: string, ...archives: string[]): Promise<void> => {
  const packed = join(createRequire(import.meta.url).resolve('@sparticuz/chromium'), '..', '..', 'bin');
  const { TMPDIR } = process.env;
  process.env.TMPDIR = folder;
  const unpacked = archives.map((archive) => inflate(join(packed, archive)));
  if (TMPDIR === undefined) delete process.env.TMPDIR;
  else process.env.TMPDIR = TMPDIR;
  await Promise.all(unpacked);
};

const launchInstalled = async (): Promise<Browser> => {
  for (const channel of ['chrome', 'msedge']) {
    const browser = await chromium.launch({ ...options, channel }).catch(() => undefined);
    if (browser) return browser;
  }
  throw new Error(
    'The browser tests need Chrome or Edge on this system: install one of them, or run the tests on Linux x64.',
  );
};
