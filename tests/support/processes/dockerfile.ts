import { cpSync, readFileSync } from 'node:fs';
import { relative, resolve } from 'node:path';

type Instruction = { name: string; text: string };

/** The instructions of a Dockerfile, in their order; comments are left out, and what goes on in the next line is one. */
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

/** The command of `CMD`, or of what comes behind it in `HEALTHCHECK`: the form without a shell. */
export const commandOf = (text: string): string[] => JSON.parse(text.slice(text.indexOf('['))) as string[];

/** `COPY . .`: what the .dockerignore lets through. The last line that fits a path, or a folder above it, decides. */
export const copyContext = (context: string, target: string): void => {
  const rules = readFileSync(resolve(context, '.dockerignore'), 'utf8')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => ({ keeps: line.startsWith('!'), pattern: patternOf(line.replace(/^!/, '')) }));
  const isKept = (path: string): boolean => {
    const names = path.split('/');
    const upwards = names.map((_, at) => names.slice(0, at + 1).join('/'));
    const rule = rules.findLast(({ pattern }) => upwards.some((each) => pattern.test(each)));
    return rule?.keeps ?? true;
  };
  cpSync(context, target, {
    recursive: true,
    filter: (source) => source === context || isKept(relative(context, source)),
  });
};

/** Unlike in a shell, names that begin with a dot are no exception. */
const patternOf = (line: string): RegExp =>
  new RegExp(
    `^${RegExp.escape(line)
      .replaceAll(String.raw`\*\*\/`, '(.*/)?')
      .replaceAll(String.raw`\*`, '[^/]*')}$`,
  );
