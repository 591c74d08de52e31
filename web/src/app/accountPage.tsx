/** One's own account. */
import { useSuspenseQuery } from '@tanstack/react-query';
import { Browsers } from '../features/session/browsers.tsx';
import { Password } from '../features/session/password.tsx';
import { sessionQuery } from '../features/session/queries.ts';
import { PageTitle } from '../ui/pageTitle.tsx';
import rows from '../ui/rows.module.css';
import styles from './page.module.css';

export function AccountPage() {
  const { data: session } = useSuspenseQuery(sessionQuery);
  return (
    <main className={styles.page}>
      <title>Account · VoiceOps Studio</title>
      <header className={rows.head}>
        <PageTitle>Account</PageTitle>
        <span>
          {session.person.name}, {session.person.email}
        </span>
      </header>
      <Password email={session.person.email} />
      <Browsers />
    </main>
  );
}
