/** The frame of everything inside: the bar, the screen, the player. */
import { useSuspenseQuery } from '@tanstack/react-query';
import { Link, Outlet, useNavigate, useParams } from '@tanstack/react-router';
import { Dock } from '../audio/dock.tsx';
import { player } from '../audio/player.ts';
import { PersonMenu } from '../features/session/personMenu.tsx';
import { sessionQuery } from '../features/session/queries.ts';
import { Connection } from './connection.tsx';
import { Logo } from './logo.tsx';
import { queryClient } from './queryClient.ts';
import styles from './shell.module.css';

export function Shell() {
  const { data: session } = useSuspenseQuery(sessionQuery);
  const { project: key } = useParams({ strict: false });
  const navigate = useNavigate();
  const project = session.projects.find((one) => one.key === key);
  const leave = () => {
    player.close();
    void navigate({ to: '/sign-in' }).then(() => queryClient.clear());
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
            <Link to="/projects/$project" params={{ project: project.key }} activeOptions={{ includeSearch: false }}>
              <span className={styles.project}>{project.name}</span> Library
            </Link>
          </nav>
        )}
        <PersonMenu session={session} roles={project?.roles ?? session.projects[0]?.roles ?? []} onSignedOut={leave} />
      </header>
      <Connection />
      <div id="main" tabIndex={-1} className={styles.main}>
        <Outlet />
      </div>
      <Dock
        link={(track, title) =>
          track.version ? (
            <Link
              to="/projects/$project/assets/$asset"
              params={{ project: track.version.projectKey, asset: track.version.assetId }}
              search={{ version: track.version.number, tab: 'versions' }}
            >
              {title}
            </Link>
          ) : (
            title
          )
        }
      />
    </div>
  );
}
