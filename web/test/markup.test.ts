import { describe, expect, test } from 'vitest';
import { insertPause, marks, toggleEmphasis, unitsBefore, type Edit } from '../src/features/generations/markup.ts';

function applied(text: string, edit: Edit | null): string {
  return edit ? text.slice(0, edit.from) + edit.text + text.slice(edit.until) : text;
}

describe('emphasis', () => {
  test.each([
    ['the selected word', 'Say hello now', 4, 9, 'Say *hello* now'],
    ['the word around the caret', 'Say hello now', 6, 6, 'Say *hello* now'],
    ['whole words where the selection cuts them', 'Say hello now', 5, 11, 'Say *hello now*'],
    ['words without the space and the full stop', 'Say hello. Now', 3, 10, 'Say *hello*. Now'],
    ['not a word that is emphasised already', 'Say *hello* now', 5, 10, 'Say hello now'],
    ['the whole where a part is emphasised already', 'Say *hello* now', 0, 15, '*Say hello now*'],
    ['nothing between words', 'a  b', 2, 2, 'a  b'],
    ['an escaped asterisk as an ordinary letter', String.raw`2 \* 3 words`, 7, 12, String.raw`2 \* 3 *words*`],
  ])('marks %s', (_what, text, start, end, wanted) => {
    expect(applied(text, toggleEmphasis(text, start, end))).toBe(wanted);
  });

  test('taken away and put back is as before', () => {
    const text = 'It arrives on *Tuesday* at noon';
    const once = toggleEmphasis(text, 16, 16);
    const without = applied(text, once);
    expect(applied(without, toggleEmphasis(without, once?.select[0] ?? 0, once?.select[1] ?? 0))).toBe(text);
  });
});

test('a pause is set off by spaces and its number is selected', () => {
  const edit = insertPause('Hello there', 5, 5);
  expect(applied('Hello there', edit)).toBe('Hello [pause 400ms] there');
  expect(applied('Hello there', edit).slice(...edit.select)).toBe('400');
});

test('marks are found, escaped ones are not', () => {
  expect(marks(String.raw`*one* [pause 1.2s] \*two* [pause x]`).map(({ kind }) => kind)).toEqual(['emphasis', 'pause']);
});

test('places count code points, selections count units', () => {
  expect(unitsBefore('👋 hi', 2)).toBe(3);
});
