/** What other features bring to a version's card: what may be done with it, and what is said of it. */
import { lazy, Suspense } from 'react';
import type { Version } from '../api/types.ts';
import { Skeleton } from '../ui/state.tsx';

const VersionComments = lazy(() => import('./versionComments.tsx').then((module) => ({ default: module.VersionComments })));

interface OfVersion {
  version: Version;
}

export function VersionActions({ version }: OfVersion) {
  return <span hidden data-version={version.id} />;
}

export function VersionPanels({ version }: OfVersion) {
  return (
    <Suspense fallback={<Skeleton lines={3} label="Loading what was said" />}>
      <VersionComments version={version} />
    </Suspense>
  );
}
