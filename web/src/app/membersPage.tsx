/** Who is in a project. */
import { useSuspenseQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { Members } from '../features/people/members.tsx';
import { sessionQuery } from '../features/session/queries.ts';

export function MembersPage() {
  const { project: key } = useParams({ from: '/inside/projects/$project/settings/members' });
  const { data: session } = useSuspenseQuery(sessionQuery);
  const project = session.projects.find((one) => one.key === key);
  return project ? <Members project={project} /> : null; // the frame around it says so
}
