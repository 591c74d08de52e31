/** What other features bring to a version's card: what may be done with it, and what is said of it. */
import type { Version } from '../api/types.ts';

interface OfVersion {
  version: Version;
}

export function VersionActions({ version }: OfVersion) {
  return <span hidden data-version={version.id} />;
}

export function VersionPanels({ version }: OfVersion) {
  return <span hidden data-version={version.id} />;
}
