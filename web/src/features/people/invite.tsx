/** Inviting somebody: address and roles first, then the link, which is told this once. */
import { useState } from 'react';
import { asProblem } from '../../api/client.ts';
import type { Invited, Project, Role } from '../../api/types.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog, DialogFooter } from '../../ui/dialog.tsx';
import { Field } from '../../ui/field.tsx';
import { FormDialog } from '../../ui/formDialog.tsx';
import form from '../../ui/form.module.css';
import { textOf } from '../../ui/form.ts';
import { at } from '../../ui/format.ts';
import { toast } from '../../ui/toast.tsx';
import { useInvite } from './mutations.ts';
import { RolesField } from './rolesField.tsx';

export function Invite({ project, onClose }: { project: Project; onClose: () => void }) {
  const invite = useInvite(project.id);
  const [roles, setRoles] = useState<Role[]>(['viewer']);
  const problem = invite.isError ? asProblem(invite.error) : null;
  const submit = (values: FormData) => {
    invite.mutate({ email: textOf(values, 'email'), roles });
  };
  if (invite.data) return <Link invited={invite.data} onClose={onClose} />;
  return (
    <FormDialog title={`Invite to ${project.name}`} deed="Make the link" busy={invite.isPending} refused={problem?.whole} onSubmit={submit} onClose={onClose}>
      <Field label="E-mail address" error={problem?.field('email')} hint="They accept with this address, or with the account it has already">
        {(bound) => <input {...bound} name="email" type="email" autoComplete="off" />}
      </Field>
      <RolesField chosen={roles} onChange={setRoles} error={problem?.field('roles')} />
    </FormDialog>
  );
}

function Link({ invited, onClose }: { invited: Invited; onClose: () => void }) {
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(invited.link);
      toast('The link is copied');
    } catch {
      toast('The browser lets no page copy here: select the link and copy it', 'bad'); // without TLS there is no clipboard
    }
  };
  return (
    <Dialog title={`Invitation for ${invited.email}`} onClose={onClose}>
      <div className={form.form}>
        <p>Send this link to them yourself. It is shown only now and works once, until {at(invited.expires_at)}.</p>
        <Field label="Link">
          {(bound) => <input {...bound} readOnly value={invited.link} onFocus={(event) => event.currentTarget.select()} />}
        </Field>
        <DialogFooter>
          <Button variant="quiet" onClick={onClose}>
            Done
          </Button>
          <Button variant="primary" onClick={() => void copy()}>
            Copy link
          </Button>
        </DialogFooter>
      </div>
    </Dialog>
  );
}
