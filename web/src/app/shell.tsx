/** The frame of everything inside: the bar, the screen, the player. */
import { useSuspenseQuery } from '@tanstack/react-query';
import { Link, Outlet, useParams, useRouter } from '@tanstack/react-router';
import { lazy, Suspense, useEffect, useState, type ReactNode } from 'react';
import { usePlaying, type Track } from '../audio/playing.ts';
import { PersonMenu } from '../features/session/personMenu.tsx';
import { sessionQuery } from '../features/session/queries.ts';
import { draftsOf, forget } from '../ui/storage.ts';
import { leave } from './leave.ts';
import { Logo } from './logo.tsx';
import styles from './shell.module.css';

// What the first screen can do without comes when it is wanted, or right after.
const Connection = lazy(() => import('./connection.tsx').then((module) => ({ default: module.Connection })));
const Notices = lazy(() => import('./notices.tsx').then((module) => ({ default: module.Notices })));
const Dock = lazy(() => import('../audio/dock.tsx').then((module) => ({ default: module.Dock })));

/** Fetched while nothing else is to do, so that a later loss of the server, or its update, breaks nothing that is open. */
const LATER = [
  () => import('./assetPage.tsx'),
  () => import('./versionComments.tsx'),
  () => import('./auditPage.tsx'),
  () => import('./reviewsPage.tsx'),
  () => import('../features/assets/newAsset.tsx'),
  () => import('../features/session/personPanel.tsx'),
  () => import('../audio/dock.tsx'),
  () => import('../audio/shortcuts.tsx'),
  () => import('../ui/news.tsx'),
];
const QUIET_MS = 1500;

/** Whether the screen had its time to come. Then the rest is fetched. */
function useQuiet(): boolean {
  const [quiet, setQuiet] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => {
      setQuiet(true);
      for (const load of LATER) load().catch(() => undefined); // it is fetched again when it is wanted
    }, QUIET_MS);
    return () => clearTimeout(timer);
  }, []);
  return quiet;
}

export function Shell() {
  const { track } = usePlaying();
  const quiet = useQuiet();
  const { data: session } = useSuspenseQuery(sessionQuery);
  const { project: key } = useParams({ strict: false });
  const router = useRouter();
  const project = key === undefined ? session.projects[0] : session.projects.find((one) => one.key === key);
  const signedOut = () => {
    forget(draftsOf(session.person.id)); // a session that only ended keeps them: the same person comes back
    void import('../audio/heard.ts').then(({ forgetHeard }) => forgetHeard());
    void leave(router);
  };
  return (
    <div className={styles.shell}>
      <a className={styles.skip} href="#main">
        Skip to the content
      </a>
      <header className={styles.bar}>
        <Link to="/" className={styles.brand} aria-label="VoiceOps Studio: home">
          <Logo />
          <span>VoiceOps Studio</span>
        </Link>
        {project && (
          <nav aria-label="Project">
            <Link to="/projects/$project" params={{ project: project.key }} activeOptions={{ exact: true, includeSearch: false }}>
              <span className={styles.project}>{project.name}</span> Library
            </Link>
            <Link to="/projects/$project/reviews" params={{ project: project.key }} activeOptions={{ includeSearch: false }}>
              Reviews
            </Link>
            {project.can.includes('audit.read') && (
              <Link to="/projects/$project/audit" params={{ project: project.key }} activeOptions={{ includeSearch: false }}>
                Audit
              </Link>
            )}
            <Link to="/projects/$project/settings" params={{ project: project.key }}>
              Settings
            </Link>
          </nav>
        )}
        {session.can.includes('person.change') && (
          <nav aria-label="Installation">
            <Link to="/admin">Admin</Link>
          </nav>
        )}
        {quiet && (
          <Suspense>
            <Notices />
          </Suspense>
        )}
        <PersonMenu session={session} roles={project?.roles ?? []} onSignedOut={signedOut} />
      </header>
      {quiet && (
        <Suspense>
          <Connection />
        </Suspense>
      )}
      <div id="main" tabIndex={-1} className={styles.main}>
        <Outlet />
      </div>
      {track && (
        <Suspense>
          <Dock link={home} />
        </Suspense>
      )}
    </div>
  );
}

/** From a sound to the version it is. */
function home({ version }: Track, title: ReactNode) {
  if (!version) return title;
  return (
    <Link
      to="/projects/$project/assets/$asset"
      params={{ project: version.projectKey, asset: version.assetId }}
      search={{ version: version.number, tab: 'versions' }}
    >
      {title}
    </Link>
  );
}
