import type { Account, Client } from './client.ts';
import type { Answer } from './openapi.ts';

/** A mentorship as the API shows it. */
export type Mentorship = {
  id: number;
  mentor_username: string;
  mentee_username: string;
  status: string;
  requested_by: 'mentor' | 'mentee';
  reason: string | null;
  started_at: string | null;
  ended_at: string | null;
  version: number;
};

/** The requests of users about mentorships. */
export const mentoring = (api: Client) => {
  const get = ({ access: token }: Account, url: string) => api.call('GET', url, { token });
  const ask = ({ access: token }: Account, body: unknown) => api.call('POST', '/api/mentorships', { token, body });
  const change = ({ access: token }: Account, id: number | string, body: unknown, headers?: Record<string, string>) =>
    api.call('PATCH', `/api/mentorships/${id}`, { token, body, ...(headers && { headers }) });
  const set = ({ access: token }: Account, body: unknown) => api.call('PATCH', '/api/users/me', { token, body });

  return {
    get,
    ask,
    change,
    set,
    /** Sends a request and returns its id. */
    async asked(by: Account, body: unknown): Promise<number> {
      const { status, text, body: mentorship } = await ask(by, body);
      if (status !== 201) throw new Error(`${status} instead of 201: ${text}`);
      return (mentorship as Mentorship).id;
    },
    /** Cancels, declines or ends all open mentorships of these users. */
    async clear(...accounts: Account[]): Promise<void> {
      for (const account of accounts)
        for (const { id, status, requested_by: by, ...names } of mentorshipsIn(
          await get(account, '/api/mentorships?status=requested,active'),
        )) {
          const over = names[`${by}_username`] === account.username ? 'cancelled' : 'declined';
          await change(account, id, { status: status === 'active' ? 'ended' : over });
        }
    },
  };
};

export const mentorshipsIn = ({ body }: Answer) => body as Mentorship[];

/** The target of the Link of a response (RFC 8288, relative); undefined on the last page. */
export const nextOf = ({ headers }: Answer): string | undefined =>
  /^<(\/api\/[^<>\s"]+)>; rel="next"$/.exec(headers['link'] ?? '')?.[1];

/** The responses of all pages, in order. */
export const pagesFrom = async (first: string, get: (url: string) => Promise<Answer>): Promise<Answer[]> => {
  const pages: Answer[] = [];
  for (let next: string | undefined = first; next !== undefined; next = nextOf(pages.at(-1)!))
    pages.push(await get(next));
  return pages;
};

/** The query of a Link. */
export const queryOf = (url = ''): Record<string, string> =>
  Object.fromEntries(new URL(url, 'http://localhost').searchParams);
