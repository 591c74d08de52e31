import { expect, test } from 'vitest';
import { assetSearch, compareSearch, librarySearch, signInSearch } from '../src/app/search.ts';

test.each(['https://evil.example/', '//evil.example', String.raw`/\evil.example`, 'javascript:alert(1)', ''])(
  'signing in never leads off this site: %s',
  (next) => {
    expect(signInSearch({ next })).toEqual({});
  },
);

test('signing in leads back to where one was going', () => {
  expect(signInSearch({ next: '/projects/northwind?status=draft' })).toEqual({ next: '/projects/northwind?status=draft' });
});

test('filters that are none are dropped from the address', () => {
  expect(librarySearch({ status: 'nonsense', tag: '', query: 12, extra: 'x' })).toEqual({ query: '12' });
  expect(assetSearch({ version: '-1', tab: 'other' })).toEqual({});
  expect(assetSearch({ version: '3', tab: 'versions' })).toEqual({ version: 3, tab: 'versions' });
});

test('of what is to be compared only different ids stay, at most four', () => {
  const [one, two, three, four, five] = [1, 2, 3, 4, 5].map((digit) => `01a20fd0-f5ab-75a6-826b-2e9cd9f67dd${digit}`);
  expect(compareSearch({ versions: `${one},${one?.toUpperCase()},nonsense,${two}`, base: two })).toEqual({ versions: `${one},${two}`, base: two });
  expect(compareSearch({ versions: [one, two, three, four, five].join(','), base: five })).toEqual({ versions: [one, two, three, four].join(',') });
  expect(compareSearch({ versions: 'x', base: 'x' })).toEqual({});
});
