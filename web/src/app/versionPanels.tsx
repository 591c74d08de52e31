/** What other features bring to a version's card: what may be done with it, and what is said of it. */
import { lazy, Suspense } from 'react';
import type { Version } from '../api/types.ts';

const Actions = lazy(() => import('../features/reviews/versionActions.tsx').then((module) => ({ default: module.VersionActions })));
const Ticked = lazy(() => import('../features/reviews/moveBar.tsx').then((module) => ({ default: module.MoveBar })));
const Rounds = lazy(() => import('../features/reviews/rounds.tsx').then((module) => ({ default: module.Rounds })));

interface OfVersion {
  version: Version;
}

export function VersionActions({ version }: OfVersion) {
  return (
    <Suspense>
      <Actions version={version} />
    </Suspense>
  );
}

export function VersionPanels({ version }: OfVersion) {
  return (
    <Suspense>
      <Rounds version={version} />
    </Suspense>
  );
}

export function MoveBar(props: { versions: readonly Version[]; onDone: () => void }) {
  return (
    <Suspense>
      <Ticked {...props} />
    </Suspense>
  );
}
