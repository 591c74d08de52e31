/** The policy of a project: a tab of its settings. */
import { useSuspenseQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { Policy } from '../features/policy/policy.tsx';
import { sessionQuery } from '../features/session/queries.ts';

export function PolicyPage() {
  const { project: key } = useParams({ from: '/inside/projects/$project/settings/policy' });
  const { data: session } = useSuspenseQuery(sessionQuery);
  const project = session.projects.find((one) => one.key === key);
  if (!project) return null; // the frame around it says so
  return (
    <>
      <title>{`Policy · ${project.name} · VoiceOps Studio`}</title>
      <Policy project={project} />
    </>
  );
}
