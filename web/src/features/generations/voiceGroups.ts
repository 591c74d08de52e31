/** Voices as the picker lists them: found by their words, grouped by who makes them and what they speak. */
import { languageName } from '../../api/languages.ts';
import type { Voice } from '../../api/types.ts';

export interface VoiceGroup {
  readonly id: string;
  readonly language: string;
  readonly provider: string;
  readonly licence: string;
  readonly voices: readonly Voice[];
}

/** The voices of which each word that is looked for begins a word; so "man" finds no woman. */
export function matching(voices: readonly Voice[], query: string): readonly Voice[] {
  const wanted = words(query);
  return voices.filter((one) => {
    const known = words(`${one.name} ${one.description} ${one.provider} ${one.language} ${languageName(one.language)}`);
    return wanted.every((word) => known.some((other) => other.startsWith(word)));
  });
}

/** In the order in which their first voices come. */
export function grouped(voices: readonly Voice[]): readonly VoiceGroup[] {
  const groups = new Map<string, Voice[]>();
  for (const voice of voices) {
    const id = `${voice.provider} ${voice.language} ${voice.licence}`;
    groups.set(id, [...(groups.get(id) ?? []), voice]);
  }
  return [...groups].flatMap(([id, members]) => {
    const [first] = members;
    return first ? [{ id, language: languageName(first.language), provider: first.provider, licence: first.licence, voices: members }] : [];
  });
}

function words(text: string): string[] {
  return text.toLowerCase().match(/[\p{L}\p{N}+-]+/gu) ?? [];
}
