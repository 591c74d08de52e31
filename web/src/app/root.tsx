/** Around every screen: news, keys, and the focus that follows the route. */
import { Outlet, useRouterState } from '@tanstack/react-router';
import { lazy, Suspense, useEffect, useRef } from 'react';
import { setShortcuts, useShortcuts } from '../audio/help.ts';
import { Toasts } from '../ui/toast.tsx';

const Shortcuts = lazy(() => import('../audio/shortcuts.tsx').then((module) => ({ default: module.Shortcuts })));

export function Root() {
  const shortcuts = useShortcuts();
  const path = useRouterState({ select: (state) => state.resolvedLocation?.pathname });
  const first = useRef(true);
  useEffect(() => {
    if (path === undefined) return;
    const title = document.querySelector<HTMLElement>('h1');
    // A screen that is still being fetched has no title yet: with the focus nowhere, the title takes it when it comes.
    if (!first.current && title) title.focus({ preventScroll: true });
    else if (!first.current && document.activeElement instanceof HTMLElement) document.activeElement.blur();
    first.current = false;
  }, [path]);
  return (
    <>
      <Outlet />
      {shortcuts && (
        <Suspense>
          <Shortcuts onClose={() => setShortcuts(false)} />
        </Suspense>
      )}
      <Toasts />
    </>
  );
}
