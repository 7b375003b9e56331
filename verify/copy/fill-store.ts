import { openKyselyStore } from '@mentorship/adapters/kysely';
import {
  type Instant,
  newLink,
  newRequest,
  parseSkill,
  securityEvent,
  unknownClient,
  type UserId,
} from '@mentorship/domain';
import { stoppedAt } from '../../tests/support/manual-clock.ts';
import { newUser, session } from '../../tests/support/records.ts';
import { showProgress } from '../support/progress.ts';

/** The number of users that one transaction adds. */
const batch = 1000;

/** Adds users with all of their data to a store. Resolves to the last assigned id. */
export const fillStore = async (url: string, count: number): Promise<UserId> => {
  const store = await openKyselyStore(url);
  const at: Instant = Date.now();
  let last = 0 as UserId;
  using progress = showProgress('users', count);
  try {
    for (let first = 1; first <= count; first += batch)
      await store.storage.atomically(async ({ users, mentorships, sessions, securityEvents }) => {
        await mentorships.lockGraph(stoppedAt(at));
        const mentors: UserId[] = [];
        for (let number = first; number < first + batch && number <= count; number++) {
          const user = await users.add(newUser(`Üser-${number}-${first}`, { email: null, phone: null }));
          if (user === null) throw new Error('The store has these users already.');
          last = user.id;
          progress.advance();
          if (number % 5 === 0)
            await users.change(user.id, { skills: ['Rust', 'дизайн'].map(parseSkill), bio: 'I 🙂.' });
          if (number % 10 === 0) await sessions.open(session(`filled-${user.id}`, user.id));
          await securityEvents.add([
            securityEvent({ type: 'registered', userId: user.id }, unknownClient, { at, retention: 90 * 24 * 60 * 60 }),
          ]);
          const [mentor, other] = [mentors[number % 40], mentors[number % 30]];
          if (mentor && number % 20 > 0) await mentorships.add(newLink({ menteeId: user.id, mentorId: mentor }, at));
          else mentors.push(user.id);
          if (other && other !== mentor && number % 7 === 0)
            await mentorships.add(
              newRequest(
                { menteeId: user.id, mentorId: other },
                { requestedBy: 'mentee', message: 'Please.\n"\0'.replace('\0', "'"), at, lifetime: 14 * 24 * 60 * 60 },
              ),
            );
        }
      });
    return last;
  } finally {
    await store.close();
  }
};
