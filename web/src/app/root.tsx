/** Around every screen: news, keys, and the focus that follows the route. */
import { Outlet, useRouterState } from '@tanstack/react-router';
import { useEffect, useRef } from 'react';
import { Shortcuts } from '../audio/shortcuts.tsx';
import { Toasts } from '../ui/toast.tsx';

export function Root() {
  const path = useRouterState({ select: (state) => state.resolvedLocation?.pathname });
  const first = useRef(true);
  useEffect(() => {
    if (path === undefined) return;
    // On arrival the browser places the focus itself; after that nobody else does.
    if (!first.current) document.querySelector<HTMLElement>('h1')?.focus({ preventScroll: true });
    first.current = false;
  }, [path]);
  return (
    <>
      <Outlet />
      <Shortcuts />
      <Toasts />
    </>
  );
}
