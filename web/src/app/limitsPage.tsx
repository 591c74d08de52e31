/** The limits of a project: a tab of its settings. */
import { useSuspenseQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { Limits } from '../features/limits/limits.tsx';
import { sessionQuery } from '../features/session/queries.ts';

export function LimitsPage() {
  const { project: key } = useParams({ from: '/inside/projects/$project/settings/limits' });
  const { data: session } = useSuspenseQuery(sessionQuery);
  const project = session.projects.find((one) => one.key === key);
  if (!project) return null; // the frame around it says so
  return (
    <>
      <title>{`Limits · ${project.name} · VoiceOps Studio`}</title>
      <Limits project={project} />
    </>
  );
}
