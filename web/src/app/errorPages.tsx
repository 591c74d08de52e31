/** Screens for what is on its way, not reachable, or broken: in hand from the start, for then nothing can be fetched. */
import { useRouter, type ErrorComponentProps } from '@tanstack/react-router';
import { asProblem } from '../api/client.ts';
import { Failure } from '../ui/state.tsx';
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
