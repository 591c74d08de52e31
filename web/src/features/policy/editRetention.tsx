/** Setting how long is kept what is not used. What the days typed would drop is shown before they are saved. */
import { useState } from 'react';
import { asProblem } from '../../api/client.ts';
import type { Policy } from '../../api/types.ts';
import { Field } from '../../ui/field.tsx';
import { textOf } from '../../ui/form.ts';
import { FormDialog } from '../../ui/formDialog.tsx';
import { Note } from '../../ui/state.tsx';
import { toast } from '../../ui/toast.tsx';
import { daysOf, retentionOf } from './changes.ts';
import { DryRun } from './dryRun.tsx';
import { useChangePolicy } from './queries.ts';

interface EditRetentionProps {
  project: string;
  projectKey: string;
  policy: Policy;
  onClose: () => void;
}

const FIELDS = ['renditions_days', 'archived_audio_days', 'reason'];

export function EditRetention({ project, projectKey, policy, onClose }: EditRetentionProps) {
  const change = useChangePolicy(project);
  const [before] = useState(policy.retention); // what was on screen when it was opened, whatever others change meanwhile
  const [renditions, setRenditions] = useState(String(before.renditions_days ?? ''));
  const [audio, setAudio] = useState(String(before.archived_audio_days ?? ''));
  const [unchanged, setUnchanged] = useState(false);
  const problem = change.isError ? asProblem(change.error) : null;
  const idle = daysOf(renditions);
  const old = daysOf(audio);
  const submit = (values: FormData) => {
    if (idle === undefined || old === undefined) {
      document.querySelector<HTMLElement>('dialog [aria-invalid]')?.focus();
      return;
    }
    const body = retentionOf(before, { renditions: idle, audio: old }, textOf(values, 'reason'));
    setUnchanged(body === null);
    if (body === null) return;
    change.mutate(body, {
      onSuccess: () => {
        toast('Retention changed');
        onClose();
      },
    });
  };
  const placed = problem?.fields.some(({ field }) => FIELDS.some((name) => field.endsWith(name)));
  return (
    <FormDialog title="Change retention" size="wide" deed="Save retention" busy={change.isPending} refused={placed ? undefined : problem?.message} onSubmit={submit} onClose={onClose}>
      {unchanged && (
        <Note tone="info" live>
          Nothing is different yet. Change at least one thing.
        </Note>
      )}
      <Field
        label="Days to keep renditions that nobody uses"
        hint="Other formats of a version, such as MP3. They are made again when somebody asks. Empty: for ever"
        error={idle === undefined ? WHOLE : problem?.field('renditions_days')}
      >
        {(bound) => <input {...bound} inputMode="numeric" value={renditions} onChange={(event) => setRenditions(event.target.value)} autoComplete="off" />}
      </Field>
      <Field
        label="Days to keep the audio of archived versions"
        hint="Counted from when a version was archived; restoring stops it. Empty: for ever"
        error={old === undefined ? WHOLE : problem?.field('archived_audio_days')}
      >
        {(bound) => <input {...bound} inputMode="numeric" value={audio} onChange={(event) => setAudio(event.target.value)} autoComplete="off" />}
      </Field>
      {idle !== undefined && old !== undefined && <DryRun project={project} projectKey={projectKey} days={{ renditions: idle, audio: old }} wish />}
      <Field label="Reason" hint="Kept in the record, for whoever asks later" error={problem?.field('reason')}>
        {(bound) => <input {...bound} name="reason" maxLength={500} autoComplete="off" />}
      </Field>
    </FormDialog>
  );
}

const WHOLE = 'A whole number from 1 to 3,650, or nothing.';
