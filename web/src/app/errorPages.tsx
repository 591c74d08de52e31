/** Screens for what is on its way, not there, not reachable, or broken. */
import { Link, useRouter, type ErrorComponentProps } from '@tanstack/react-router';
import { useSuspenseQuery } from '@tanstack/react-query';
import { asProblem } from '../api/client.ts';
import { sessionQuery } from '../features/session/queries.ts';
import { Empty, Failure } from '../ui/state.tsx';
import styles from './errorPages.module.css';
import { Logo } from './logo.tsx';

/** Before the first screen, and wherever a part of the page takes longer than a moment. */
export function Pending() {
  return (
    <main className={styles.pending} role="status" aria-label="Loading">
      <Logo />
    </main>
  );
}

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

export function ErrorPage({ error, reset }: ErrorComponentProps) {
  const router = useRouter();
  if (/dynamically imported module|preload CSS|Importing a module/.test(String(error)))
    return (
      <main className={styles.page}>
        <title>Trouble · VoiceOps Studio</title>
        <Failure
          screen
          title="A part of the page could not be loaded"
          detail="The server cannot be reached, or the studio was updated meanwhile. Your drafts are kept in this browser."
          onRetry={() => location.reload()}
        />
      </main>
    );
  const problem = asProblem(error);
  const again = () => {
    reset();
    void router.invalidate();
  };
  return (
    <main className={styles.page}>
      <title>Trouble · VoiceOps Studio</title>
      <Failure screen title={problem.title} detail={problem.message} onRetry={again} />
    </main>
  );
}
