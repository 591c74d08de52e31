/** What other features bring to a version's card: what may be done with it, and what is said of it. */
import { lazy, Suspense } from 'react';
import type { Version } from '../api/types.ts';
import { Skeleton } from '../ui/state.tsx';

const VersionComments = lazy(() => import('./versionComments.tsx').then((module) => ({ default: module.VersionComments })));

const Actions = lazy(() => import('../features/reviews/versionActions.tsx').then((module) => ({ default: module.VersionActions })));
const Ticked = lazy(() => import('../features/reviews/moveBar.tsx').then((module) => ({ default: module.MoveBar })));
const Rounds = lazy(() => import('../features/reviews/rounds.tsx').then((module) => ({ default: module.Rounds })));
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
  return (
    <Suspense>
      <Actions version={version} />
    </Suspense>
  );
}

/** How it stands with people, then what they said, then what a machine found. */
export function VersionPanels({ version }: OfVersion) {
  return (
    <>
      <Suspense>
        <Rounds version={version} />
      </Suspense>
      <Suspense fallback={<Skeleton lines={3} label="Loading what was said" />}>
        <VersionComments version={version} />
      </Suspense>
      <Suspense>
        <ChecksOfVersion version={version} />
      </Suspense>
    </>
  );
}

export function MoveBar(props: { versions: readonly Version[]; onDone: () => void }) {
  return (
    <Suspense>
      <Ticked {...props} />
    </Suspense>
  );
}
