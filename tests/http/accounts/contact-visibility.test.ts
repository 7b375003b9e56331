import { afterAll, describe, expect, test } from 'vitest';
import { startService } from '../../support/http/service.ts';

const contact = { email: 'ann@example.com', phone: '+79999999999' };
const hidden = { email: null, phone: null };

describe.each([
  ['everyone', contact],
  ['self', hidden],
])('PROFILE_CONTACT=%s', async (setting, othersSee) => {
  const { api, stop } = await startService({ settings: { PROFILE_CONTACT: setting } });
  const mentor = await api.join('mentor');
  const ann = await api.join('ann', { ...contact, mentor_username: 'mentor' });
  const mentee = await api.join('mentee', { mentor_username: 'ann' });
  afterAll(stop);

  test('shows users their own phone and email', async () => {
    for (const url of [`/api/users/${ann.id}`, '/api/users/me'])
      expect(await api.call('GET', url, { token: ann.access })).toMatchObject({ status: 200, body: contact });
  });

  test.each([
    ['the mentor', mentor],
    ['a mentee', mentee],
  ])('shows contact to %s by the setting', async (_, { access: token }) => {
    const { status, body } = await api.call('GET', `/api/users/${ann.id}`, { token });
    expect({ status, body }).toEqual({
      status: 200,
      body: { id: ann.id, username: 'ann', ...othersSee, mentor_username: 'mentor', mentees: ['mentee'] },
    });
  });

  test('shows users their own contact after a change, and hides it from others as before', async () => {
    const body = { email: 'new@example.com' };
    expect(await api.call('PATCH', '/api/users/me', { token: ann.access, body })).toMatchObject({
      status: 200,
      body: { ...contact, ...body },
    });
    expect(await api.call('GET', `/api/users/${ann.id}`, { token: mentor.access })).toMatchObject({
      body: setting === 'self' ? hidden : { ...contact, ...body },
    });
    await api.call('PATCH', '/api/users/me', { token: ann.access, body: contact });
  });

  test('shows another user’s detail as if the user had no contact', async () => {
    const { body } = await api.call('GET', `/api/users/${mentee.id}`, { token: mentor.access });
    expect(body).toMatchObject(hidden);
  });

  test('shows neither in the list', async () => {
    const { text } = await api.call('GET', '/api/users', { token: ann.access });
    expect(text).not.toMatch(/example\.com|79999999999|email|phone/);
  });

  test('returns phone and email after registration', async () => {
    const body = { username: 'newcomer', password: '12345678', ...contact };
    expect(await api.call('POST', '/api/registration', { body })).toMatchObject({ status: 201, body: contact });
  });
});
