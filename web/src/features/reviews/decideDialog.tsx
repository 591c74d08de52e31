/** One person's verdict on a version, with why, and how much of it they heard. Having heard little is told, and bars nobody. */
import { asProblem } from '../../api/client.ts';
import { heardOf, useHeard } from '../../audio/heard.ts';
import { textOf } from '../../ui/form.ts';
import { FormDialog } from '../../ui/formDialog.tsx';
import { Note } from '../../ui/state.tsx';
import { toast } from '../../ui/toast.tsx';
import type { Judged } from './judged.ts';
import { useDecide } from './mutations.ts';
import { ReasonField, Refused } from './reasonField.tsx';
import { STEPS, type Verdict } from './steps.ts';

/** Whoever heard less than this is reminded. */
const LITTLE = 0.9;

interface DecideDialogProps {
  version: Judged;
  verdict: Verdict;
  onClose: () => void;
  /** After it is decided; the dialog is to go then, too. */
  onDone: () => void;
}

export function DecideDialog({ version, verdict, onClose, onDone }: DecideDialogProps) {
  const decide = useDecide(version, verdict);
  const problem = decide.error ? asProblem(decide.error) : null;
  const { label } = STEPS[verdict];
  const send = (values: FormData) =>
    decide.mutate(
      { reason: textOf(values, 'reason'), heard: heardOf(version.id, version.durationMs) },
      {
        onSuccess: ({ status }) => {
          toast(told(version.number, verdict, status));
          onDone();
        },
      },
    );
  return (
    <FormDialog title={`${label}: version ${version.number}`} deed={label} busy={decide.isPending} refused={problem?.whole} onSubmit={send} onClose={onClose}>
      <Refused problem={problem} fields={['reason']} />
      <YouHeard version={version} />
      <ReasonField problem={problem} hint={verdict === 'version.approve' ? 'Kept in the record, for whoever asks later' : 'What has to change. The version is a draft again, and approvals of this round lapse'} />
    </FormDialog>
  );
}

function YouHeard({ version }: { version: Judged }) {
  const heard = useHeard(version.id, version.durationMs);
  const words = `You heard ${Math.floor(heard * 100)} %`;
  if (heard >= LITTLE) return <Note tone="info">{words}</Note>;
  return <Note tone="warn">{words} of it in this tab. You can decide all the same; how much you heard is kept with it.</Note>;
}

function told(number: number, verdict: Verdict, status: string): string {
  if (verdict === 'version.request_changes') return `Version ${number} is a draft again`;
  return status === 'approved' ? `Version ${number} is approved` : `Your approval of version ${number} is kept; more are wanted`;
}
