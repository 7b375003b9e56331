/** Control, bidirectional and other format characters, separators of lines, and lone surrogates. */
const unseen = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/gu;

/**
 * Writes each character that could steer a terminal, or hide there, as its escape in JSON (`\u001b`): names come from
 * clients and from databases that others made. In JSON text the result means the same.
 */
export const showInvisible = (line: string): string =>
  !/[^ -~]/.test(line)
    ? line
    : line.replace(unseen, (character) =>
        Array.from(
          { length: character.length },
          (_, index) => `\\u${character.charCodeAt(index).toString(16).padStart(4, '0')}`,
        ).join(''),
      );
