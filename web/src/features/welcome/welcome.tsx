/** What the holder of a link sees: what it is for, and the shortest way in for who they are. */
import { useQuery } from '@tanstack/react-query';
import { asProblem } from '../../api/client.ts';
import { ROLES } from '../../api/roles.ts';
import type { InvitationLook, Session } from '../../api/types.ts';
import { Button } from '../../ui/button.tsx';
import { PageTitle } from '../../ui/pageTitle.tsx';
import { Failure, Note, Skeleton } from '../../ui/state.tsx';
import { Newcomer } from './newcomer.tsx';
import { lookQuery, useAccept } from './queries.ts';
import styles from './welcome.module.css';

interface WelcomeProps {
  token: string;
  /** Who is signed in in this browser already. */
  session: Session | null;
  onDone: () => void;
  onSignIn: () => void;
  onSignOut: () => void;
}

export function Welcome({ token, session, onDone, onSignIn, onSignOut }: WelcomeProps) {
  const found = useQuery(lookQuery(token));
  const accept = useAccept(token);
  if (found.isPending) return <Skeleton lines={6} label="Looking up your invitation" />;
  if (found.isError) {
    const { status, title, message } = asProblem(found.error);
    const over = status === 404 || status === 409;
    return (
      <Failure
        screen
        title={over ? 'This link opens nothing' : title}
        detail={message}
        onRetry={over ? undefined : () => void found.refetch()}
        action={over && <Button onClick={onSignIn}>Sign in</Button>}
      />
    );
  }
  const look = found.data;
  if (look.project === null)
    return (
      <>
        <PageTitle>Welcome to your new studio</PageTitle>
        <p className={styles.lead}>Nobody is here yet. You become its administrator, and the owner of its first project.</p>
        <Newcomer look={look} accept={accept} onDone={onDone} />
      </>
    );
  const mine = session?.person.email.toLowerCase() === look.email?.toLowerCase();
  const problem = accept.isError ? asProblem(accept.error) : null;
  return (
    <>
      <PageTitle>{`Join ${look.project}`}</PageTitle>
      <p className={styles.lead}>
        {look.invited_by} invites {look.email} as {names(look)}.
      </p>
      {session && !mine && (
        <Note tone="warn" action={<Button onClick={onSignOut}>Sign out</Button>}>
          You are signed in as {session.person.email}. Sign out to go on as {look.email}.
        </Note>
      )}
      {session && mine && (
        <>
          {problem && (
            <Note tone="bad" live>
              {problem.message}
            </Note>
          )}
          <Button variant="primary" busy={accept.isPending} onClick={() => accept.mutate({}, { onSuccess: onDone })}>
            {`Join ${look.project}`}
          </Button>
        </>
      )}
      {!session && look.has_account && (
        <>
          <p>You have an account with this address.</p>
          <Button variant="primary" onClick={onSignIn}>
            Sign in to join
          </Button>
        </>
      )}
      {!session && !look.has_account && <Newcomer look={look} accept={accept} onDone={onDone} />}
    </>
  );
}

function names(look: InvitationLook): string {
  return new Intl.ListFormat('en').format(look.roles.map((role) => ROLES[role][0].toLowerCase()));
}
