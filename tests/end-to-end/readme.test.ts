import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { example, examples, filledIn, lifetime, originalReadme, parsed, route } from '../support/original-readme.ts';
import { call, createDatabase, type Tokens } from '../support/processes/service.ts';
import { deployments } from '../support/processes/three-instances.ts';

const keysOf = (value: unknown): string[] => Object.keys(value as object).toSorted();
const claimsOf = (token: string) =>
  JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as { iat: number; exp: number };

test('the copy of the original README is unchanged', () => {
  expect(createHash('sha256').update(originalReadme).digest('hex')).toBe(
    'd18b13fe3a78ac0e577aab6a94c6fa89b25225f911e88225d0efd6e3d7f306c4',
  );
});

describe.each(Object.entries(deployments))('the original README on %s', (_, { store, start }) => {
  test('works from registration to logout, with every example sent verbatim', async () => {
    await using database = await createDatabase(store);
    await using service = await start({ DATABASE_URL: database.url });
    const send = <Body = unknown>(line: string, body?: unknown, token?: string) =>
      call<Body>(service.url, line, { ...(body !== undefined && { body }), ...(token !== undefined && { token }) });

    // Register, with and without the optional fields.
    const john = JSON.parse(example('Register')) as Record<string, string>;
    const { username = '', password = '' } = john;
    const register = route('Register new user');
    for (const mentor of ['alice', 'bob'])
      expect(await send(register, { username: mentor, password })).toMatchObject({ status: 201 });
    const { password: _, ...shown } = john;
    const registered = await send<{ id: number }>(register, example('Register'));
    expect(registered).toMatchObject({ status: 201, body: shown });
    expect(keysOf(registered.body)).toEqual(['id', ...keysOf(shown)].toSorted());
    const { id } = registered.body;

    // Login
    const logInAs = (name: string, secret: string) =>
      send<Tokens>(route('Get JWT tokens'), filledIn(example('Login'), { your_username: name, your_password: secret }));
    const { status, body: tokens } = await logInAs(username, password);
    expect(status).toBe(200);
    expect(keysOf(tokens)).toEqual(keysOf(parsed(example('Login', 1))));
    for (const [type, token] of [
      ['Access', tokens.access],
      ['Refresh', tokens.refresh],
    ] as const) {
      const { iat, exp } = claimsOf(token);
      expect(exp - iat).toBe(lifetime(type));
    }

    // User List
    const list = await send<object[]>(route('Get list of users'), undefined, tokens.access);
    expect(list).toMatchObject({ status: 200, body: [{ username: 'alice' }, { username: 'bob' }, { username }] });
    expect(list.body).toEqual(expect.arrayContaining(parsed(example('User List')) as object[]));

    // User Detail: the values of the example, after writing them.
    const detail = parsed(example('User Detail')) as { phone: string; mentees: string[] };
    for (const mentee of detail.mentees)
      expect(await send(register, { username: mentee, password, mentor_username: username })).toMatchObject({
        status: 201,
      });
    const update = route('Update your own user info', id);
    await send(update, { phone: detail.phone }, tokens.access);
    const retrieve = route('Retrieve user info', id);
    const own = await send<{ password: string }>(retrieve, undefined, tokens.access);
    expect(own).toMatchObject({ status: 200, body: { ...detail, id, password: expect.stringMatching(/\*{8}$/) } });
    expect(keysOf(own.body)).toEqual(keysOf(detail));
    const { body: alice } = await logInAs('alice', password);
    const { password: hidden, ...visible } = own.body;
    expect((await send(retrieve, undefined, alice.access)).body).toEqual(visible);
    expect((await send(update, example('Update User'), alice.access)).status).toBe(403);

    // Update User
    const { mentor, password: newPassword, ...contact } = JSON.parse(example('Update User')) as Record<string, string>;
    const updated = await send(update, example('Update User'), tokens.access);
    const expected = { ...own.body, ...contact, mentor_username: mentor };
    expect(updated).toMatchObject({ status: 200, body: expected });
    expect((await logInAs(username, password)).status).toBe(401);
    expect((await logInAs(username, newPassword ?? '')).status).toBe(200);
    const alone = await send(update, example('Update User', 1), tokens.access);
    expect(alone).toMatchObject({ status: 200, body: { ...expected, mentor_username: null } });

    // Refresh works repeatedly until the logout.
    const refreshToken = filledIn(example('Logout (Token Blacklisting)'), { your_refresh_token: tokens.refresh });
    const refresh = () => send<Tokens>(route('Refresh access token'), refreshToken);
    await refresh();
    const refreshed = await refresh();
    expect(refreshed.status).toBe(200);
    expect(keysOf(refreshed.body)).toEqual(['access']);
    const { access } = refreshed.body;
    expect((await send(retrieve, undefined, access)).status).toBe(200);

    // Logout
    const logOut = route('Blacklist refresh token');
    expect(await send(logOut, refreshToken, access)).toMatchObject({ status: 205, body: '' });
    expect((await refresh()).status).toBe(401);
    expect((await send(logOut, refreshToken, access)).status).toBe(400);

    // The log contains none of the secrets.
    await service.stop();
    expect(service.output.stdout).toContain('/api/login');
    for (const secret of [password, newPassword, tokens.access, tokens.refresh, access, 'Bearer', '$argon2'])
      expect(service.output.stdout + service.output.stderr.replace(/^Register a user: .*/m, '')).not.toContain(secret);
    expect(hidden).toContain('argon2id');
  });

  test('requires a token on every route except registration, login and refresh', async () => {
    await using database = await createDatabase(store);
    await using service = await start({ DATABASE_URL: database.url });
    const statusOf = async (line: string) =>
      (await call(service.url, line, line.startsWith('GET') ? {} : { body: {} })).status;
    const closed = [
      route('Get list of users'),
      route('Retrieve user info', 1),
      route('Update your own user info', 1),
      route('Blacklist refresh token'),
    ];
    const open = [route('Register new user'), route('Get JWT tokens'), route('Refresh access token')];
    expect(await Promise.all(closed.map(statusOf))).toEqual(closed.map(() => 401));
    expect(await Promise.all(open.map(statusOf))).toEqual(open.map(() => 400));
  });
});

test('the README has only the examples that this test sends', () => {
  const headings = ['Register', 'Login', 'User List', 'User Detail', 'Update User', 'Logout (Token Blacklisting)'];
  expect(headings.map((heading) => examples(heading).length)).toEqual([1, 2, 1, 1, 2, 1]);
});
