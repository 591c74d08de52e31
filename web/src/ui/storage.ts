/** The browser's storage, which may be forbidden or full: then a value is simply not kept. */

/** `sessionStorage` keeps for this tab alone. */
type Where = 'localStorage' | 'sessionStorage';

/** The drafts of one person; what follows names the thing that is drafted. */
export function draftsOf(person: string): string {
  return `voiceops.draft.${person}.`;
}

export function stored(key: string, where: Where = 'localStorage'): string | null {
  try {
    return window[where].getItem(key);
  } catch {
    return null;
  }
}

export function keep(key: string, value: string | null, where: Where = 'localStorage'): void {
  try {
    if (value === null) window[where].removeItem(key);
    else window[where].setItem(key, value);
  } catch {
    // nothing to do: the page works without it
  }
}

/** Removes everything whose key begins so, e.g. the drafts of somebody who signs out. */
export function forget(prefix: string): void {
  try {
    for (const key of Object.keys(localStorage)) if (key.startsWith(prefix)) localStorage.removeItem(key);
  } catch {
    // as above
  }
}
