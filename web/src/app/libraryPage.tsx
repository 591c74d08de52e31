/** The library of a project, with its filters in the address. */
import { useSuspenseQuery } from '@tanstack/react-query';
import { useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { Library } from '../features/assets/library.tsx';
import { sessionQuery } from '../features/session/queries.ts';
import { NotFound } from './notFound.ts';
import styles from './page.module.css';
import { set } from './search.ts';

const ROUTE = '/inside/projects/$project';

export function LibraryPage() {
  const { project: key } = useParams({ from: ROUTE });
  const filters = useSearch({ from: ROUTE });
  const navigate = useNavigate({ from: '/projects/$project' });
  const { data: session } = useSuspenseQuery(sessionQuery);
  const project = session.projects.find((one) => one.key === key);
  if (!project) return <NotFound />;
  return (
    <main className={styles.page}>
      <title>{`Library · ${project.name} · VoiceOps Studio`}</title>
      <Library
        project={project}
        filters={filters}
        onFilter={(change) => void navigate({ search: (old) => set({ ...old, ...change }), replace: true, resetScroll: false })}
        onCreated={(asset) => void navigate({ to: '/projects/$project/assets/$asset', params: { project: key, asset: asset.id } })}
      />
    </main>
  );
}
