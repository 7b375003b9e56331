import { closeSync, openSync, readSync } from 'node:fs';

/** No secret is longer, in bytes. */
const maxLength = 65_536;

/** Reads a secret from its file, such as one of Docker's, without the white space around it. Throws an error that names the file. */
export const readSecretFile = (path: string): string => {
  const text = read(path).trim();
  if (text === '') throw new Error(`is set by a file that is empty (${path})`);
  return text;
};

const read = (path: string): string => {
  const bytes = Buffer.alloc(maxLength + 1);
  let length: number;
  try {
    const file = openSync(path, 'r');
    try {
      length = readSync(file, bytes);
    } finally {
      closeSync(file);
    }
  } catch (error) {
    throw new Error(`is set by a file that cannot be read (${(error as Error).message})`, { cause: error });
  }
  if (length > maxLength) throw new Error(`is set by a file of more than ${maxLength} bytes (${path})`);
  return bytes.toString('utf8', 0, length);
};
