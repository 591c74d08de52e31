/** Mentions: `@` and a name, in what is written and in what is read. */
import type { Named } from '../../api/types.ts';

export interface Piece {
  readonly text: string;
  readonly person: Named | null;
}

const INSIDE_A_WORD = /[\p{L}\p{N}]/u;
/** What may be typed after the `@` of a mention that is not complete. */
const BEGUN = /(?:^|[^\p{L}\p{N}])@([\p{L}\p{M}\p{N}.'’-]*(?: [\p{L}\p{M}\p{N}.'’-]+)*)$/u;

/** The text in pieces; of two names that fit, the longer one is meant. */
export function piecesOf(text: string, people: readonly Named[]): Piece[] {
  const byLength = people.toSorted((one, other) => other.name.length - one.name.length);
  const pieces: Piece[] = [];
  let from = 0;
  for (let at = text.indexOf('@'); at >= 0; at = text.indexOf('@', at + 1)) {
    const person = INSIDE_A_WORD.test(text.charAt(at - 1)) ? undefined : byLength.find(({ name }) => isAt(text, at + 1, name));
    if (!person) continue;
    if (at > from) pieces.push({ text: text.slice(from, at), person: null });
    from = at + 1 + person.name.length;
    pieces.push({ text: text.slice(at, from), person });
  }
  if (from < text.length) pieces.push({ text: text.slice(from), person: null });
  return pieces;
}

function isAt(text: string, at: number, name: string): boolean {
  return text.slice(at, at + name.length).toLowerCase() === name.toLowerCase() && !INSIDE_A_WORD.test(text.charAt(at + name.length));
}

/** Who is mentioned. Of people of one name those that were picked, if any was. */
export function mentionedIn(text: string, members: readonly Named[], picked: readonly Named[]): string[] {
  const named = piecesOf(text, [...picked, ...members]).flatMap(({ person }) => (person ? [person.name] : []));
  return [...new Set(named)].flatMap((name) => {
    const chosen = picked.filter((one) => one.name === name);
    return (chosen.length > 0 ? chosen : members.filter((one) => one.name === name)).map(({ id }) => id);
  });
}

/** What is typed of a name before the caret, and where its `@` stands; null where none is. */
export function begunAt(text: string, caret: number): { at: number; typed: string } | null {
  const typed = BEGUN.exec(text.slice(0, caret))?.[1];
  return typed === undefined ? null : { at: caret - typed.length - 1, typed };
}

/** Whose name, or any word of it, begins so. */
export function fitting(members: readonly Named[], typed: string): Named[] {
  const begin = typed.toLowerCase();
  return members.filter(({ name }) => ` ${name.toLowerCase()}`.includes(` ${begin}`)).slice(0, 6);
}
