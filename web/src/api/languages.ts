/** Languages by name. */

const languages = new Intl.DisplayNames('en', { type: 'language' });

/** `en-GB` as `British English`. */
export function languageName(tag: string): string {
  try {
    return languages.of(tag) ?? tag;
  } catch {
    return tag;
  }
}
