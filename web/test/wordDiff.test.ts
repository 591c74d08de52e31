import { expect, test } from 'vitest';
import { wordDiff } from '../src/features/versions/wordDiff.ts';

/** `[-removed-]`, `{+added+}`, `…` for what is left out. */
function written(from: string, to: string): string {
  return wordDiff(from, to, 'en-US')
    .map(({ kind, text }) => ({ same: text, removed: `[-${text}-]`, added: `{+${text}+}`, skipped: '…' })[kind])
    .join('');
}

test('one changed word is one removal and one addition', () => {
  expect(written('It arrives on Tuesday.', 'It arrives on Thursday.')).toBe('It arrives on [-Tuesday-]{+Thursday+}.');
});

test('an unchanged island of two words is folded into the change around it', () => {
  expect(written('tell me what you want now', 'say me what I need now')).toBe('[-tell me what you want-]{+say me what I need+} now');
});

test('the middle of a long unchanged run is left out', () => {
  const long = Array.from({ length: 40 }, (_, index) => `word${index}`).join(' ');
  expect(written(`First ${long} last`, `Start ${long} end`)).toBe(
    '[-First-]{+Start+} word0 word1 word2 word3 word4 word5 …word33 word34 word35 word36 word37 word38 word39 [-last-]{+end+}',
  );
});

test('nothing is lost: the pieces give both texts back', () => {
  const from = 'Hello, and *welcome* to support. [pause 300ms] How can I help?';
  const to = 'Hi, welcome to our support! How may I help you today?';
  const pieces = wordDiff(from, to, 'not a language tag!');
  const without = (kind: string) => pieces.filter((piece) => piece.kind !== kind).map((piece) => piece.text).join('');
  expect(without('added')).toBe(from);
  expect(without('removed')).toBe(to);
});

function manyWords(from: number): string {
  return Array.from({ length: 3000 }, (_, index) => `w${((index + from) * 7919).toString(36)}`).join(' ');
}

test('two texts of nothing in common are not compared for long, and shown whole', () => {
  const began = performance.now();
  const pieces = wordDiff(manyWords(0), manyWords(50_000), 'en-US');
  expect(performance.now() - began).toBeLessThan(500);
  expect(pieces).toEqual([
    { kind: 'removed', text: manyWords(0) },
    { kind: 'added', text: manyWords(50_000) },
  ]);
});
