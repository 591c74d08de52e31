/** Screens for what is not there. */
import { useSuspenseQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { sessionQuery } from '../features/session/queries.ts';
import { Empty } from '../ui/state.tsx';
import styles from './errorPages.module.css';

export function NotFound() {
  return (
    <main className={styles.page}>
      <title>Not found · VoiceOps Studio</title>
      <Empty screen title="There is nothing here" icon="search" action={<Link to="/">Go to the library</Link>}>
        The address may be mistyped, or this is something you are no member of.
      </Empty>
    </main>
  );
}

export function NoProject() {
  const { data: session } = useSuspenseQuery(sessionQuery);
  const admin = session.can.includes('project.create');
  return (
    <main className={styles.page}>
      <title>No project · VoiceOps Studio</title>
      <Empty screen title="You are in no project yet" action={admin && <Link to="/admin/projects">Make a project</Link>}>
        {admin
          ? 'Who makes a project is its owner. Into one that is there its owners invite you.'
          : 'Ask the owner of a project for an invitation; the project will appear here.'}
      </Empty>
    </main>
  );
}
