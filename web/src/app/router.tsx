/** The routes. What a person looks at stands in the address: project, asset, filters, the chosen version, the tab. */
import { createRootRouteWithContext, createRoute, createRouter, lazyRouteComponent, redirect } from '@tanstack/react-router';
import type { QueryClient } from '@tanstack/react-query';
import { asProblem } from '../api/client.ts';
import { assetsQuery } from '../features/assets/queries.ts';
import { sessionQuery } from '../features/session/queries.ts';
import { ErrorPage, NoProject, NotFound, Pending } from './errorPages.tsx';
import { onSignedOut, queryClient } from './queryClient.ts';
import { Root } from './root.tsx';
import { assetSearch, auditSearch, librarySearch, signInSearch } from './search.ts';

const root = createRootRouteWithContext<{ queryClient: QueryClient }>()({
  component: Root,
  notFoundComponent: NotFound,
});

const signIn = createRoute({
  getParentRoute: () => root,
  path: '/sign-in',
  validateSearch: signInSearch,
  component: lazyRouteComponent(() => import('./signInPage.tsx'), 'SignInPage'),
});

/** Everything that needs somebody to be signed in. */
const inside = createRoute({
  getParentRoute: () => root,
  id: 'inside',
  beforeLoad: async ({ context, location }) => {
    try {
      await context.queryClient.query({ ...sessionQuery, staleTime: 'static' });
    } catch (error) {
      if (asProblem(error).status !== 401) throw error;
      throw redirect({ to: '/sign-in', search: { next: location.href }, replace: true });
    }
  },
  component: lazyRouteComponent(() => import('./shell.tsx'), 'Shell'),
});

const home = createRoute({
  getParentRoute: () => inside,
  path: '/',
  beforeLoad: async ({ context }) => {
    const session = await context.queryClient.query({ ...sessionQuery, staleTime: 'static' });
    const first = session.projects[0];
    if (first) throw redirect({ to: '/projects/$project', params: { project: first.key }, replace: true });
  },
  component: NoProject,
});

const library = createRoute({
  getParentRoute: () => inside,
  path: '/projects/$project',
  validateSearch: librarySearch,
  // Asked for at once, while the code of the screen is still on its way; the screen itself shows what went wrong.
  beforeLoad: ({ context: { queryClient: client }, params, search }) => {
    const project = client.getQueryData(sessionQuery.queryKey)?.projects.find((one) => one.key === params.project);
    if (project) client.infiniteQuery(assetsQuery(project.id, search)).catch(() => undefined);
  },
  component: lazyRouteComponent(() => import('./libraryPage.tsx'), 'LibraryPage'),
});

const asset = createRoute({
  getParentRoute: () => inside,
  path: '/projects/$project/assets/$asset',
  validateSearch: assetSearch,
  component: lazyRouteComponent(() => import('./assetPage.tsx'), 'AssetPage'),
});

const audit = createRoute({
  getParentRoute: () => inside,
  path: '/projects/$project/audit',
  validateSearch: auditSearch,
  component: lazyRouteComponent(() => import('./auditPage.tsx'), 'AuditPage'),
});

export const router = createRouter({
  routeTree: root.addChildren([signIn, inside.addChildren([home, library, asset, audit])]),
  context: { queryClient },
  defaultPreload: 'intent',
  defaultPendingComponent: Pending,
  defaultPendingMs: 300,
  defaultPendingMinMs: 300,
  defaultErrorComponent: ErrorPage,
  defaultNotFoundComponent: NotFound,
  scrollRestoration: true,
});

onSignedOut(() => {
  const { pathname, href } = router.state.location;
  if (pathname === '/sign-in') return;
  queryClient.removeQueries({ queryKey: sessionQuery.queryKey });
  void router.navigate({ to: '/sign-in', search: { next: href }, replace: true });
});

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}
