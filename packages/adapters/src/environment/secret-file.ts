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
  let length = 0;
  try {
    const file = openSync(path, 'r');
    try {
      // A pipe gives its content in parts.
      for (let read; length <= maxLength && (read = readSync(file, bytes, { offset: length })) > 0;) length += read;
    } finally {
      closeSync(file);
    }
  } catch (error) {
    throw new Error(`is set by a file that cannot be read (${(error as Error).message})`, { cause: error });
  }
  if (length > maxLength) throw new Error(`is set by a file of more than ${maxLength} bytes (${path})`);
  return bytes.toString('utf8', 0, length);
};
