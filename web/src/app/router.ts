/** The routes. What a person looks at stands in the address: project, asset, filters, the chosen version, the tab. */
import { createRootRouteWithContext, createRoute, createRouter, lazyRouteComponent, redirect } from '@tanstack/react-router';
import type { QueryClient } from '@tanstack/react-query';
import { asProblem } from '../api/client.ts';
import { assetsQuery } from '../features/assets/queries.ts';
import { sessionQuery } from '../features/session/queries.ts';
import { ErrorPage, Pending } from './errorPages.tsx';
import { leave } from './leave.ts';
import { NotFound } from './notFound.ts';
import { onSignedOut, queryClient } from './queryClient.ts';
import { Root } from './root.tsx';
import { adminSearch, assetSearch, auditSearch, compareSearch, librarySearch, reviewsSearch, signInSearch } from './search.ts';

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
  component: lazyRouteComponent(() => import('./nowhere.tsx'), 'NoProject'),
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

const welcome = createRoute({
  getParentRoute: () => root,
  path: '/welcome',
  component: lazyRouteComponent(() => import('./welcomePage.tsx'), 'WelcomePage'),
});

const settings = createRoute({
  getParentRoute: () => inside,
  path: '/projects/$project/settings',
  component: lazyRouteComponent(() => import('./settings.tsx'), 'Settings'),
});

const settingsHome = createRoute({
  getParentRoute: () => settings,
  path: '/',
  beforeLoad: ({ params }) => {
    throw redirect({ to: '/projects/$project/settings/members', params, replace: true });
  },
});

const members = createRoute({
  getParentRoute: () => settings,
  path: '/members',
  component: lazyRouteComponent(() => import('./membersPage.tsx'), 'MembersPage'),
});

const limits = createRoute({
  getParentRoute: () => settings,
  path: '/limits',
  component: lazyRouteComponent(() => import('./limitsPage.tsx'), 'LimitsPage'),
});

const keys = createRoute({
  getParentRoute: () => settings,
  path: '/keys',
  component: lazyRouteComponent(() => import('./keysPage.tsx'), 'KeysPage'),
});

const policy = createRoute({
  getParentRoute: () => settings,
  path: '/policy',
  component: lazyRouteComponent(() => import('./policyPage.tsx'), 'PolicyPage'),
});

const audit = createRoute({
  getParentRoute: () => inside,
  path: '/projects/$project/audit',
  validateSearch: auditSearch,
  component: lazyRouteComponent(() => import('./auditPage.tsx'), 'AuditPage'),
});

const compare = createRoute({
  getParentRoute: () => inside,
  path: '/projects/$project/compare',
  validateSearch: compareSearch,
  component: lazyRouteComponent(() => import('./comparePage.tsx'), 'ComparePage'),
});

const reviews = createRoute({
  getParentRoute: () => inside,
  path: '/projects/$project/reviews',
  validateSearch: reviewsSearch,
  component: lazyRouteComponent(() => import('./reviewsPage.tsx'), 'ReviewsPage'),
});

const admin = createRoute({
  getParentRoute: () => inside,
  path: '/admin',
  component: lazyRouteComponent(() => import('./admin.tsx'), 'Admin'),
});

const people = createRoute({
  getParentRoute: () => admin,
  path: '/',
  validateSearch: adminSearch,
  component: lazyRouteComponent(() => import('./admin.tsx'), 'PeoplePage'),
});

const projects = createRoute({
  getParentRoute: () => admin,
  path: '/projects',
  component: lazyRouteComponent(() => import('./admin.tsx'), 'ProjectsPage'),
});

const adminAudit = createRoute({
  getParentRoute: () => admin,
  path: '/audit',
  validateSearch: auditSearch,
  component: lazyRouteComponent(() => import('./adminAuditPage.tsx'), 'AdminAuditPage'),
});

const account = createRoute({
  getParentRoute: () => inside,
  path: '/account',
  component: lazyRouteComponent(() => import('./accountPage.tsx'), 'AccountPage'),
});

export const router = createRouter({
  routeTree: root.addChildren([
    signIn,
    welcome,
    inside.addChildren([
      home,
      library,
      asset,
      audit,
      compare,
      reviews,
      settings.addChildren([settingsHome, members, keys, limits, policy]),
      admin.addChildren([people, projects, adminAudit]),
      account,
    ]),
  ]),
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
  if (pathname !== '/sign-in' && pathname !== '/welcome') void leave(router, href);
});

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}
