import { randomUUID } from 'node:crypto';
import type { IdGenerator } from '@mentorship/application';

/** Version 4 UUIDs: 122 random bits. */
export const randomIds: IdGenerator = { next: () => randomUUID() };
