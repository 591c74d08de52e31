/** The installation: its people and its projects, for who manages it. */
import { useSuspenseQuery } from '@tanstack/react-query';
import { Link, Outlet, useNavigate, useSearch } from '@tanstack/react-router';
import { People } from '../features/people/people.tsx';
import { Projects } from '../features/people/projects.tsx';
import { sessionQuery } from '../features/session/queries.ts';
import { NotFound } from './notFound.ts';
import styles from './page.module.css';
import tabs from './tabs.module.css';

export function Admin() {
  const { data: session } = useSuspenseQuery(sessionQuery);
  if (!session.can.includes('person.change')) return <NotFound />;
  return (
    <main className={styles.page}>
      <title>Admin · VoiceOps Studio</title>
      <nav aria-label="Admin" className={tabs.tabs}>
        <Link to="/admin" activeOptions={{ exact: true, includeSearch: false }}>
          People
        </Link>
        <Link to="/admin/projects">Projects</Link>
        {session.can.includes('audit.read') && (
          <Link to="/admin/audit" activeOptions={{ includeSearch: false }}>
            Audit
          </Link>
        )}
      </nav>
      <Outlet />
    </main>
  );
}

export function PeoplePage() {
  const { query = '' } = useSearch({ from: '/inside/admin/' });
  const navigate = useNavigate({ from: '/admin/' });
  return <People words={query} onSearch={(words) => void navigate({ to: '/admin', search: words ? { query: words } : {}, replace: true })} />;
}

export function ProjectsPage() {
  const { data: session } = useSuspenseQuery(sessionQuery);
  return <Projects mayCreate={session.can.includes('project.create')} />;
}
