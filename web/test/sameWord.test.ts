import { expect, test } from 'vitest';
import { equalGains } from '../src/audio/loudness.ts';
import { ENTRY_MS, SameWords } from '../src/audio/sameWord.ts';
import { words } from './sound.ts';

const SLOW = words('It arrives on Tuesday, in the morning.', 400, 100);
const FAST = words('Well, it arrives on thursday in the early morning', 200, 50, 30);

function same(...texts: ReturnType<typeof words>[]) {
  return new SameWords(texts.map((one) => ({ words: one, durationMs: (one.at(-1)?.endMs ?? 0) + 200 })));
}

test('a word is found again whatever its case and punctuation, and one put in its place stands for it', () => {
  const both = same(SLOW, FAST);
  const landed = SLOW.map((word) => FAST.find((other) => other.startMs - ENTRY_MS === both.place(0, 1, word.startMs + 150))?.text);
  expect(landed).toEqual(['it', 'arrives', 'on', 'thursday', 'in', 'the', 'morning']);
});

test('there and back again is the same word', () => {
  const both = same(SLOW, FAST);
  for (const word of SLOW) {
    const there = both.place(0, 1, word.startMs + 390);
    expect(both.place(1, 0, there)).toBe(Math.max(0, word.startMs - ENTRY_MS));
  }
});

test('in a pause the next word is as far away as it was', () => {
  expect(same(SLOW, FAST).place(0, 1, 470)).toBe((FAST[2]?.startMs ?? 0) - 30);
  expect(same(SLOW, FAST).place(0, 1, 410), 'but not within the word before').toBe(FAST[1]?.endMs);
});

test('what the other does not say lies between its neighbours', () => {
  const early = FAST[7];
  const place = same(SLOW, FAST).place(1, 0, (early?.startMs ?? 0) + 100);
  expect(place).toBeGreaterThanOrEqual(SLOW[5]?.endMs ?? 0);
  expect(place).toBeLessThanOrEqual(SLOW[6]?.startMs ?? 0);
});

test('a span holds the same words in the other take', () => {
  const span = { startMs: SLOW[1]?.startMs ?? 0, endMs: SLOW[3]?.endMs ?? 0 };
  expect(same(SLOW, FAST).span(0, 1, span)).toEqual({ startMs: (FAST[2]?.startMs ?? 0) - ENTRY_MS, endMs: FAST[4]?.endMs });
});

test('without words, or with nothing in common, it is still a place within the other', () => {
  expect(same(SLOW, []).place(0, 1, 1234)).toBe(1234);
  const other = words('quite another text altogether', 300, 10);
  const place = same(SLOW, other).place(0, 1, 1800);
  expect(place).toBeGreaterThan(0);
  expect(place).toBeLessThan(1440);
});

test('words that are timed anew are found at their new times', () => {
  const both = same(SLOW, []);
  expect(both.place(0, 1, 2600)).toBe(2600);
  both.timed(1, FAST);
  expect(both.place(0, 1, 2600)).toBe(same(SLOW, FAST).place(0, 1, 2600));
  both.timed(1, FAST.map((word) => ({ ...word, startMs: word.startMs + 7 })));
  expect(both.place(0, 1, 2600)).toBe(same(SLOW, FAST).place(0, 1, 2600) + 7);
});

test('of 3,000 words some may be missing here and there', () => {
  const long = words(Array.from({ length: 3000 }, (_, at) => `w${(at * 7919) % 601}`).join(' '), 200, 50);
  const changed = long.filter((_, at) => at % 97 !== 5);
  expect(same(long, changed).place(0, 1, (long[2000]?.startMs ?? 0) + 50)).toBe((long[2000]?.startMs ?? 0) - ENTRY_MS);
});

test('loudness is made equal at the loudest level that lets no peak pass −1 dBTP', () => {
  const takes = [
    { loudnessLufs: -16, truePeakDbtp: -1 },
    { loudnessLufs: -24, truePeakDbtp: -3 },
    { loudnessLufs: Number.NaN, truePeakDbtp: Number.NaN },
  ];
  const decibels = equalGains(takes).map((gain) => 20 * Math.log10(gain));
  expect(decibels[0]).toBeCloseTo(-6);
  expect(decibels[1]).toBeCloseTo(2);
  expect(decibels[2], 'what was not measured stays as it is').toBe(0);
  expect(equalGains([{ loudnessLufs: -30, truePeakDbtp: -20 }])[0], 'none is lifted above −16 LUFS').toBeCloseTo(10 ** (14 / 20));
});
