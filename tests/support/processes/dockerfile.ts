import { cpSync, readFileSync } from 'node:fs';
import { relative, resolve } from 'node:path';

type Instruction = { name: string; text: string };

/** Returns the instructions of a Dockerfile in order, without comments and with continued lines joined. */
export const instructionsOf = (dockerfile: string): Instruction[] =>
  dockerfile
    .replace(/^#.*$/gm, '')
    .replace(/\\\n/g, ' ')
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => {
      const [, name = '', text = ''] = /^([A-Z]+)\s+(.+)$/.exec(line) ?? [];
      return { name, text };
    });

/** Returns the command in exec form of a `CMD`, or of a `HEALTHCHECK … CMD`. */
export const commandOf = (text: string): string[] => JSON.parse(text.slice(text.indexOf('['))) as string[];

/** Copies what `COPY . .` copies: the last line of .dockerignore that matches a path, or a folder above it, decides. */
export const copyContext = (context: string, target: string): void => {
  const rules = readFileSync(resolve(context, '.dockerignore'), 'utf8')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => ({ keeps: line.startsWith('!'), pattern: patternOf(line.replace(/^!/, '')) }));
  const isKept = (path: string): boolean => {
    const names = path.split('/');
    const pathAndParents = names.map((_, at) => names.slice(0, at + 1).join('/'));
    const rule = rules.findLast(({ pattern }) => pathAndParents.some((each) => pattern.test(each)));
    return rule?.keeps ?? true;
  };
  cpSync(context, target, {
    recursive: true,
    filter: (source) => source === context || isKept(relative(context, source)),
  });
};

/** Unlike in a shell, `*` matches names that begin with a dot. */
const patternOf = (line: string): RegExp =>
  new RegExp(
    `^${RegExp.escape(line)
      .replaceAll(String.raw`\*\*\/`, '(.*/)?')
      .replaceAll(String.raw`\*`, '[^/]*')}$`,
  );
