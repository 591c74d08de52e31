/** The way in. */
import { useNavigate, useRouter, useSearch } from '@tanstack/react-router';
import { SignIn } from '../features/session/signIn.tsx';
import { PageTitle } from '../ui/pageTitle.tsx';
import { Logo } from './logo.tsx';
import styles from './signInPage.module.css';

export function SignInPage() {
  const { next } = useSearch({ from: '/sign-in' });
  const navigate = useNavigate();
  const router = useRouter();
  const go = () => {
    if (next) router.history.replace(next);
    else void navigate({ to: '/', replace: true });
  };
  return (
    <main className={styles.page}>
      <title>Sign in · VoiceOps Studio</title>
      <div className={styles.card}>
        <Logo />
        <PageTitle>Sign in to VoiceOps Studio</PageTitle>
        <SignIn onSignedIn={go} />
      </div>
    </main>
  );
}
