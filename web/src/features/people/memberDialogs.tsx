/** Another set of roles for a member, or none at all. */
import { useState } from 'react';
import { asProblem } from '../../api/client.ts';
import type { Member, Project } from '../../api/types.ts';
import { toast } from '../../ui/toast.tsx';
import { Because } from './because.tsx';
import { useChangeMember, useRemoveMember } from './mutations.ts';
import { RolesField } from './rolesField.tsx';

interface MemberDialogProps {
  member: Member;
  project: Project;
  onClose: () => void;
}

export function ChangeRoles({ member, project, onClose }: MemberDialogProps) {
  const [roles, setRoles] = useState(member.roles);
  const change = useChangeMember(project.id, member.person.id);
  const { name } = member.person;
  const done = () => {
    toast(`${name} has other roles now`);
    onClose();
  };
  return (
    <Because
      title={`Roles of ${name}`}
      deed="Save roles"
      busy={change.isPending}
      error={change.error}
      onSubmit={(reason) => change.mutate({ roles, reason }, { onSuccess: done })}
      onClose={onClose}
    >
      <RolesField chosen={roles} onChange={setRoles} error={change.isError ? asProblem(change.error).field('roles') : undefined} />
    </Because>
  );
}

export function RemoveMember({ member, project, onClose }: MemberDialogProps) {
  const remove = useRemoveMember(project.id, member.person.id);
  const { name } = member.person;
  const done = () => {
    toast(`${name} is no member any more`);
    onClose();
  };
  return (
    <Because
      title={`Remove ${name}?`}
      deed="Remove"
      danger
      busy={remove.isPending}
      error={remove.error}
      onSubmit={(reason) => remove.mutate({ reason }, { onSuccess: done })}
      onClose={onClose}
    >
      <p>
        {project.name} is out of {member.is_you ? 'your' : 'their'} sight at once. What {member.is_you ? 'you' : 'they'} made stays; an invitation brings{' '}
        {member.is_you ? 'you' : 'them'} back.
      </p>
    </Because>
  );
}
