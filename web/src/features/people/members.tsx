/** Who is in a project, with which roles, and who was asked to come. */
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { asProblem } from '../../api/client.ts';
import { ROLES } from '../../api/roles.ts';
import type { Member, Project } from '../../api/types.ts';
import { Ago } from '../../ui/ago.tsx';
import { Tag } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { EmailAddress } from '../../ui/emailAddress.tsx';
import { PageTitle } from '../../ui/pageTitle.tsx';
import rows from '../../ui/rows.module.css';
import { Failure, Note, Skeleton } from '../../ui/state.tsx';
import { Invitations } from './invitations.tsx';
import { Invite } from './invite.tsx';
import { ChangeRoles, RemoveMember } from './memberDialogs.tsx';
import { membersQuery } from './queries.ts';

type Open = { does: 'invite' } | { does: 'change' | 'remove'; member: Member };

export function Members({ project }: { project: Project }) {
  const [open, setOpen] = useState<Open | null>(null);
  const members = useQuery(membersQuery(project.id));
  const mayInvite = project.can.includes('member.invite');
  const close = () => setOpen(null);
  return (
    <>
      <header className={rows.head}>
        <PageTitle>Members</PageTitle>
        {members.data && <span>{members.data.length}</span>}
        {mayInvite && (
          <Button variant="primary" icon="plus" onClick={() => setOpen({ does: 'invite' })}>
            Invite
          </Button>
        )}
      </header>
      {!mayInvite && <Note tone="info">Owners of {project.name} invite people and give roles.</Note>}
      {members.isPending && (
        <div className={rows.loading}>
          <Skeleton lines={6} label="Loading the members" />
        </div>
      )}
      {members.isError && !members.data && (
        <Failure
          title={asProblem(members.error).title}
          detail={asProblem(members.error).message}
          onRetry={() => void members.refetch()}
        />
      )}
      {members.data && (
        <ul className={rows.rows} aria-label="Members">
          {members.data.map((member) => (
            <Row key={member.person.id} member={member} onDo={(does) => setOpen({ does, member })} />
          ))}
        </ul>
      )}
      {mayInvite && <Invitations project={project} />}
      {open?.does === 'invite' && <Invite project={project} onClose={close} />}
      {open?.does === 'change' && <ChangeRoles member={open.member} project={project} onClose={close} />}
      {open?.does === 'remove' && <RemoveMember member={open.member} project={project} onClose={close} />}
    </>
  );
}

function Row({ member, onDo }: { member: Member; onDo: (does: 'change' | 'remove') => void }) {
  const { name, email } = member.person;
  return (
    <li data-quiet={!member.active || undefined}>
      <span className={rows.what}>
        <strong>
          {name}
          {member.is_you && ' (you)'}
        </strong>
        <small>
          <EmailAddress of={email} />
          {!member.active && ' · deactivated'}
        </small>
      </span>
      <span className={rows.tags}>
        {member.roles.map((role) => (
          <Tag key={role}>{ROLES[role][0]}</Tag>
        ))}
      </span>
      <span className={rows.quiet}>
        Joined <Ago time={member.since} />
      </span>
      <span className={rows.does}>
        {member.can.includes('member.change') && (
          <Button variant="quiet" size="small" aria-label={`Change the roles of ${name}`} onClick={() => onDo('change')}>
            Roles
          </Button>
        )}
        {member.can.includes('member.remove') && (
          <Button variant="quiet" size="small" aria-label={`Remove ${name}`} onClick={() => onDo('remove')}>
            Remove
          </Button>
        )}
      </span>
    </li>
  );
}
