/** Where an invitation's link leads. Its token stands behind the #, which no server ever sees; here it leaves the address. */
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate, useRouter } from '@tanstack/react-router';
import { useEffect, useState } from 'react';
import { useSignOut } from '../features/session/mutations.ts';
import { forgetAnswers, sessionQuery } from '../features/session/queries.ts';
import { Welcome } from '../features/welcome/welcome.tsx';
import { Empty, Skeleton } from '../ui/state.tsx';
import { keep, stored } from '../ui/storage.ts';
import { toast } from '../ui/toast.tsx';
import { Logo } from './logo.tsx';
import styles from './signInPage.module.css';

const KEY = 'voiceops.invitation';

/** Kept for this tab alone, so that signing in or a reload comes back to it. */
function takeToken(): string {
  const given = location.hash.slice(1);
  if (given) keep(KEY, given, 'sessionStorage');
  return given || (stored(KEY, 'sessionStorage') ?? '');
}

export function WelcomePage() {
  const [token] = useState(takeToken);
  const router = useRouter();
  const navigate = useNavigate();
  const client = useQueryClient();
  const session = useQuery({ ...sessionQuery, retry: false });
  const signOut = useSignOut();
  useEffect(() => {
    if (location.hash) router.history.replace('/welcome');
  }, [router]);
  const done = () => {
    keep(KEY, null, 'sessionStorage');
    void navigate({ to: '/', replace: true });
  };
  const leave = () =>
    signOut.mutate(undefined, {
      onSuccess: () => forgetAnswers(client),
      onError: (error) => toast(`Not signed out: ${error.message}`, 'bad'),
    });
  return (
    <main className={styles.page}>
      <title>Welcome · VoiceOps Studio</title>
      <div className={styles.card}>
        <Logo />
        {token === '' && (
          <Empty screen title="This page needs a link" action={<Link to="/sign-in">Sign in</Link>}>
            Open the link you were sent, all of it, up to its last letter.
          </Empty>
        )}
        {token !== '' && session.isPending && <Skeleton lines={6} label="Looking up your invitation" />}
        {token !== '' && !session.isPending && (
          <Welcome
            token={token}
            session={session.data ?? null}
            onDone={done}
            onSignIn={() => void navigate({ to: '/sign-in', search: { next: '/welcome' } })}
            onSignOut={leave}
          />
        )}
      </div>
    </main>
  );
}
