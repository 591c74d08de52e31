/** The limits of a project. */
import { useSuspenseQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { Limits } from '../features/limits/limits.tsx';
import { sessionQuery } from '../features/session/queries.ts';
import { NotFound } from './errorPages.tsx';
import styles from './page.module.css';

export function LimitsPage() {
  const { project: key } = useParams({ from: '/inside/projects/$project/settings/limits' });
  const { data: session } = useSuspenseQuery(sessionQuery);
  const project = session.projects.find((one) => one.key === key);
  if (!project) return <NotFound />;
  return (
    <main className={styles.page}>
      <title>{`Limits · ${project.name} · VoiceOps Studio`}</title>
      <Limits project={project} />
    </main>
  );
}
