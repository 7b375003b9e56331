import { readdirSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { expect, test, vi } from 'vitest';
import { runCli } from '../support/processes/cli.ts';
import { call, createDatabase, logIn, password, register, startService } from '../support/processes/service.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

vi.setConfig({ testTimeout: 60_000 });

const slowPoll = { timeout: 20_000 };

test.each(['1', '2'])(
  'nothing of an ended account is in any file of a running service with WORKERS=%s',
  async (WORKERS) => {
    await using database = await createDatabase('sqlite');
    await using service = await startService({ DATABASE_URL: database.url, WORKERS, LOG_LEVEL: 'debug' });
    const { url } = service;
    const folder = dirname(database.url.slice('sqlite:'.length));
    const filesWith = (...texts: string[]) =>
      readdirSync(folder).filter((file) => {
        const bytes = readFileSync(`${folder}/${file}`, 'latin1').toLowerCase();
        return texts.some((text) => bytes.includes(text.toLowerCase()));
      });

    const words = { message: 'Would-you-teach-me?', reason: 'Not-this-year.' };
    const profile = {
      email: 'mailbox@example.com',
      phone: '+7999000111222',
      bio: 'a-life-story',
      skills: ['Glassblowing'],
    };
    const secrets = ['Vanishing', ...Object.values({ ...words, ...profile }).flat()];
    await register(url, 'Vanishing', { email: 'former-mailbox@example.com' });
    await register(url, 'staying');
    const [vanishing, staying] = [await logIn(url, 'Vanishing'), await logIn(url, 'staying')];
    const ask = async () =>
      (
        await call<{ id: number }>(url, 'POST /api/mentorships', {
          token: vanishing.access,
          body: { mentor: 'staying', message: words.message },
        })
      ).body.id;
    const decline = (request: number) =>
      call(url, `PATCH /api/mentorships/${request}`, {
        token: staying.access,
        body: { status: 'declined', reason: words.reason },
      });
    expect(await call(url, 'PATCH /api/users/me', { token: vanishing.access, body: profile })).toMatchObject({
      status: 200,
    });

    // Old words of an account that stays.
    expect(await decline(await ask())).toMatchObject({ status: 200 });
    expect(filesWith(words.message, words.reason)).not.toEqual([]);
    const settings = { DATABASE_URL: database.url, REQUEST_RETENTION: '1s' };
    await expect
      .poll(async () => (await runCli(['prune', '--json'], settings)).stdout, slowPoll)
      .toContain('"messages":1');
    await expect.poll(() => filesWith(words.message, words.reason), slowPoll).toEqual([]);

    expect(await decline(await ask())).toMatchObject({ status: 200 });
    expect(filesWith(...secrets)).not.toEqual([]);
    expect(
      await call(url, 'DELETE /api/users/me', { token: vanishing.access, body: { current_password: password } }),
    ).toMatchObject({ status: 204 });
    await expect.poll(() => filesWith(...secrets, 'former-mailbox'), slowPoll).toEqual([]);

    const backup = temporaryFolder();
    expect(await runCli(['backup', `${backup.path}/backup.sqlite`], settings)).toMatchObject({ code: 0 });
    const copied = readFileSync(`${backup.path}/backup.sqlite`, 'latin1').toLowerCase();
    backup.remove();
    expect(copied).toContain('staying');
    for (const text of [...secrets, 'former-mailbox']) expect(copied).not.toContain(text.toLowerCase());

    await service.stop();
    expect(filesWith(...secrets, 'former-mailbox')).toEqual([]);
    const printed = `${service.output.stdout}${service.output.stderr}`.toLowerCase();
    for (const text of secrets) expect(printed).not.toContain(text.toLowerCase());
  },
);
