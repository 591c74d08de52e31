import { expect, test } from 'vitest';
import { assetSearch, librarySearch, signInSearch } from '../src/app/search.ts';

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
