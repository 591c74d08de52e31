import { expect, test } from 'vitest';
import { shortened, visible } from '../src/features/compare/pieces.ts';
import { shuffled } from '../src/features/compare/shuffle.ts';

test('the middle of a long unchanged run is left out, and nothing else', () => {
  const long = Array.from({ length: 40 }, (_, index) => `word${index} `).join('');
  const pieces = [{ kind: 'same' as const, text: long }, { kind: 'added' as const, text: 'new ' }, { kind: 'same' as const, text: long }];
  const shown = shortened(pieces);
  expect(shown.map(({ kind }) => kind)).toEqual(['skipped', 'same', 'added', 'same', 'skipped']);
  expect(shown.map(({ text }) => text).join('')).toBe(pieces.map(({ text }) => text).join(''));
  expect(shown[3]?.text.split(' ')).toHaveLength(9);
});

test('space that came or went can be seen', () => {
  expect(visible({ kind: 'added', text: '\n ' })).toEqual({ kind: 'added', text: '↵\n␣' });
  expect(visible({ kind: 'added', text: ' a' })).toEqual({ kind: 'added', text: ' a' });
});

test('every order of three comes about', () => {
  const orders = new Set(Array.from({ length: 400 }, () => shuffled(['a', 'b', 'c']).join('')));
  expect([...orders].toSorted()).toEqual(['abc', 'acb', 'bac', 'bca', 'cab', 'cba']);
});
