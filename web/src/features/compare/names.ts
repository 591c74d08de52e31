/** What the versions of a comparison are called. */
import type { Version } from '../../api/types.ts';

export const LETTERS = ['A', 'B', 'C', 'D'] as const;

export function versionName(version: Version, titles: ReadonlyMap<string, string>): string {
  const title = titles.size > 1 ? titles.get(version.asset_id) : undefined;
  return title ? `${title}, version ${version.number}` : `Version ${version.number}`;
}

/** `v3`, for the heads of narrow columns. */
export function shortName(version: Version, titles: ReadonlyMap<string, string>): string {
  const title = titles.size > 1 ? titles.get(version.asset_id) : undefined;
  return title ? `${title} v${version.number}` : `v${version.number}`;
}
