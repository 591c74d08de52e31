/** What other features bring to a version's card: what may be done with it, and what is said of it. */
import { lazy, Suspense } from 'react';
import type { Version } from '../api/types.ts';

const ChecksBadge = lazy(() => import('../features/checks/badge.tsx').then((module) => ({ default: module.ChecksBadge })));
const ChecksOfVersion = lazy(() => import('./checksOfVersion.tsx').then((module) => ({ default: module.ChecksOfVersion })));

interface OfVersion {
  version: Version;
}

export function VersionBadges({ version, onOpen }: OfVersion & { onOpen: () => void }) {
  return (
    <Suspense>
      <ChecksBadge version={version} onOpen={onOpen} />
    </Suspense>
  );
}

export function VersionActions({ version }: OfVersion) {
  return <span hidden data-version={version.id} />;
}

export function VersionPanels({ version }: OfVersion) {
  return (
    <Suspense>
      <ChecksOfVersion version={version} />
    </Suspense>
  );
}
