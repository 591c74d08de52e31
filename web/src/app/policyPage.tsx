/** The policy of a project. */
import { useSuspenseQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { Policy } from '../features/policy/policy.tsx';
import { sessionQuery } from '../features/session/queries.ts';
import { NotFound } from './errorPages.tsx';
import styles from './page.module.css';

export function PolicyPage() {
  const { project: key } = useParams({ from: '/inside/projects/$project/settings/policy' });
  const { data: session } = useSuspenseQuery(sessionQuery);
  const project = session.projects.find((one) => one.key === key);
  if (!project) return <NotFound />;
  return (
    <main className={styles.page}>
      <title>{`Policy · ${project.name} · VoiceOps Studio`}</title>
      <Policy project={project} />
    </main>
  );
}
