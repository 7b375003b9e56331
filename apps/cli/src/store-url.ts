import { databaseUrl } from '@mentorship/adapters/environment';
import { InvalidArgumentError } from 'commander';

/** Reads the URL of a store that is an argument of a command, as the setting `DATABASE_URL` is read. */
export const storeUrl = (text: string): string => {
  try {
    return databaseUrl(text);
  } catch (error) {
    throw new InvalidArgumentError(`It ${(error as Error).message}.`);
  }
};
