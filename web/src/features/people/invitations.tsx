/** Who was invited and has not come yet. */
import { useInfiniteQuery } from '@tanstack/react-query';
import { asProblem } from '../../api/client.ts';
import { ROLES } from '../../api/roles.ts';
import type { Invitation, Project } from '../../api/types.ts';
import { Ago } from '../../ui/ago.tsx';
import { Tag } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { EmailAddress } from '../../ui/emailAddress.tsx';
import { at } from '../../ui/format.ts';
import rows from '../../ui/rows.module.css';
import { Failure, Note, Skeleton } from '../../ui/state.tsx';
import { toast } from '../../ui/toast.tsx';
import { useRevoke } from './mutations.ts';
import { invitationsQuery } from './queries.ts';

export function Invitations({ project }: { project: Project }) {
  const list = useInfiniteQuery(invitationsQuery(project.id));
  const pending = list.data?.pages.flatMap((page) => page.items);
  return (
    <>
      <header className={rows.head}>
        <h2>Invitations</h2>
      </header>
      {list.isPending && (
        <div className={rows.loading}>
          <Skeleton lines={2} label="Loading the invitations" />
        </div>
      )}
      {list.isError && !pending && (
        <Failure title={asProblem(list.error).title} detail={asProblem(list.error).message} onRetry={() => void list.refetch()} />
      )}
      {pending?.length === 0 && (
        <Note tone="info">Nobody is on the way. Who you invite stands here until they accept; a link works once, for 7 days.</Note>
      )}
      {pending && pending.length > 0 && (
        <ul className={rows.rows} aria-label="Invitations">
          {pending.map((invitation) => (
            <Row key={invitation.id} invitation={invitation} project={project} />
          ))}
        </ul>
      )}
      {list.hasNextPage && (
        <Button onClick={() => void list.fetchNextPage()} busy={list.isFetchingNextPage}>
          Load more
        </Button>
      )}
    </>
  );
}

function Row({ invitation, project }: { invitation: Invitation; project: Project }) {
  const revoke = useRevoke(project.id);
  const { email, why } = invitation;
  const end = () =>
    revoke.mutate(invitation.id, {
      onSuccess: () => toast(`The link for ${email} opens nothing any more`),
      onError: (error) => toast(`Not revoked: ${error.message}`, 'bad'),
    });
  return (
    <li data-quiet={invitation.state === 'over' || undefined}>
      <span className={rows.what}>
        <strong>
          <EmailAddress of={email} />
        </strong>
        <small>{why ?? `Open until ${at(invitation.expires_at)}, by ${invitation.invited_by?.name ?? 'the studio'}`}</small>
      </span>
      <span className={rows.tags}>
        {invitation.roles.map((role) => (
          <Tag key={role}>{ROLES[role][0]}</Tag>
        ))}
      </span>
      <span className={rows.quiet}>
        Invited <Ago time={invitation.created_at} />
      </span>
      <span className={rows.does}>
        {invitation.can.includes('invitation.revoke') && (
          <Button variant="quiet" size="small" aria-label={`Revoke the invitation of ${email}`} busy={revoke.isPending} onClick={end}>
            Revoke
          </Button>
        )}
      </span>
    </li>
  );
}
