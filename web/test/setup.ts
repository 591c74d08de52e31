/** Before each test: the page's own colours, an empty storage, and a console that must stay silent. */
import { afterEach, beforeEach, expect, vi } from 'vitest';
import '../src/ui/tokens.css';
import '../src/ui/base.css';

beforeEach(() => {
  localStorage.clear();
  vi.spyOn(console, 'error');
});

afterEach(() => {
  expect(console.error, 'nothing on the console').not.toHaveBeenCalled();
  vi.restoreAllMocks();
});
