/** The settings of a project: one tab for each thing its owners decide. */
import { useSuspenseQuery } from '@tanstack/react-query';
import { Link, Outlet, useParams } from '@tanstack/react-router';
import { sessionQuery } from '../features/session/queries.ts';
import { NotFound } from './notFound.ts';
import styles from './page.module.css';
import tabs from './tabs.module.css';

/** In the order they are shown; each is a route beneath this one. */
const TABS = [
  { to: '/projects/$project/settings/members', label: 'Members' },
  { to: '/projects/$project/settings/keys', label: 'API keys' },
  { to: '/projects/$project/settings/limits', label: 'Limits' },
  { to: '/projects/$project/settings/policy', label: 'Policy' },
] as const;

export function Settings() {
  const { project: key } = useParams({ from: '/inside/projects/$project/settings' });
  const { data: session } = useSuspenseQuery(sessionQuery);
  const project = session.projects.find((one) => one.key === key);
  if (!project) return <NotFound />;
  return (
    <main className={styles.page}>
      <title>{`Settings · ${project.name} · VoiceOps Studio`}</title>
      <nav aria-label="Settings" className={tabs.tabs}>
        {TABS.map(({ to, label }) => (
          <Link key={to} to={to} params={{ project: key }}>
            {label}
          </Link>
        ))}
      </nav>
      <Outlet />
    </main>
  );
}
