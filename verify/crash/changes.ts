import type { Change, Facts } from './ledger.ts';

export const list = (facts: Facts, fact: string): string[] => facts.get(fact)?.split(',') ?? [];
const joined = (values: readonly string[]) => (values.length > 0 ? values.join() : undefined);

/** The sessions after more were opened and ended. */
export const sessionsOf = (facts: Facts, username: string, opened: number, ended: number) => {
  const known = list(facts, `sessions ${username}`);
  const [open, over] = ['open', 'ended'].map((state) => known.filter((one) => one === state).length) as [
    number,
    number,
  ];
  const states = [...Array<string>(open + opened - ended).fill('open'), ...Array<string>(over + ended).fill('ended')];
  return [`sessions ${username}`, joined(states)] as const;
};

/** The last mentorship of the two gets this status. */
export const lastOf = (facts: Facts, mentee: string, mentor: string, status: string) => {
  const fact = `pair ${mentee} ${mentor}`;
  return [fact, joined([...list(facts, fact).slice(0, -1), status])] as const;
};

export const another = (facts: Facts, mentee: string, mentor: string, status: string) => {
  const fact = `pair ${mentee} ${mentor}`;
  return [fact, joined([...list(facts, fact), status])] as const;
};

/** What a new mentor changes: the previous mentorship ends, and requests to others are cancelled. */
export const replacing = (facts: Facts, mentee: string, found: string): Change => {
  const before = facts.get(`mentor ${mentee}`);
  const cancelled = [...facts.keys()].flatMap((fact) => {
    const [name, one, mentor = ''] = fact.split(' ');
    const open = name === 'pair' && one === mentee && mentor !== found && list(facts, fact).at(-1) === 'requested';
    return open ? [lastOf(facts, mentee, mentor, 'cancelled')] : [];
  });
  return [...cancelled, ...(before === undefined ? [] : [lastOf(facts, mentee, before, 'ended')])];
};

/** Naming the current mentor again changes nothing. */
export const naming = (facts: Facts, mentee: string, mentor: string): Change =>
  facts.get(`mentor ${mentee}`) === mentor
    ? []
    : [...replacing(facts, mentee, mentor), [`mentor ${mentee}`, mentor], another(facts, mentee, mentor, 'active')];
