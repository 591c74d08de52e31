/** The frame of everything inside: the bar, the screen, the player. */
import { useSuspenseQuery } from '@tanstack/react-query';
import { Link, Outlet, useMatch, useNavigate, useParams } from '@tanstack/react-router';
import { lazy, Suspense, useEffect, type ReactNode } from 'react';
import { player, type Track } from '../audio/player.ts';
import { usePlayer } from '../audio/usePlayer.ts';
import { PersonMenu } from '../features/session/personMenu.tsx';
import { forgetAnswers, sessionQuery } from '../features/session/queries.ts';
import { forget } from '../ui/storage.ts';
import { Connection } from './connection.tsx';
import { Logo } from './logo.tsx';
import { queryClient } from './queryClient.ts';
import styles from './shell.module.css';

// What the first screen can do without comes when it is wanted, or right after.
const Dock = lazy(() => import('../audio/dock.tsx').then((module) => ({ default: module.Dock })));

/** Fetched while nothing else is to do, so that a later loss of the server, or its update, breaks nothing that is open. */
const LATER = [
  () => import('./assetPage.tsx'),
  () => import('./auditPage.tsx'),
  () => import('../features/assets/newAsset.tsx'),
  () => import('../features/session/personPanel.tsx'),
  () => import('../audio/dock.tsx'),
  () => import('../audio/shortcuts.tsx'),
];
const QUIET_MS = 1500;

function fetchTheRest() {
  const timer = setTimeout(() => {
    for (const load of LATER) load().catch(() => undefined); // it is fetched again when it is wanted
  }, QUIET_MS);
  return () => clearTimeout(timer);
}

export function Shell() {
  const { track } = usePlayer();
  useEffect(fetchTheRest, []);
  const { data: session } = useSuspenseQuery(sessionQuery);
  const { project: key } = useParams({ strict: false });
  const navigate = useNavigate();
  // What lies beneath the project's address belongs to its library, but for what has a link of its own.
  const elsewhere = useMatch({ from: '/inside/projects/$project/audit', shouldThrow: false }) !== undefined;
  const project = session.projects.find((one) => one.key === key);
  const leave = () => {
    player.close();
    forget('voiceops.draft.'); // the next person at this browser is somebody else
    void navigate({ to: '/sign-in' }).then(() => forgetAnswers(queryClient));
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
            <Link to="/projects/$project" params={{ project: project.key }} activeOptions={{ includeSearch: false, exact: elsewhere }}>
              <span className={styles.project}>{project.name}</span> Library
            </Link>
            {project.can.includes('audit.read') && (
              <Link to="/projects/$project/audit" params={{ project: project.key }} activeOptions={{ includeSearch: false }}>
                Audit
              </Link>
            )}
          </nav>
        )}
        <PersonMenu session={session} roles={project?.roles ?? session.projects[0]?.roles ?? []} onSignedOut={leave} />
      </header>
      <Connection />
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
