/** Withdraws, archives or restores a version, or many in one go, or drops its audio, with the reason. */
import { asProblem } from '../../api/client.ts';
import { textOf } from '../../ui/form.ts';
import { FormDialog } from '../../ui/formDialog.tsx';
import { toast } from '../../ui/toast.tsx';
import type { Judged } from './judged.ts';
import { useMove, useMoveMany } from './mutations.ts';
import { ReasonField, Refused } from './reasonField.tsx';
import { STEPS, type Move } from './steps.ts';

const MEANING: Record<Move, { text: string; done: string }> = {
  'version.withdraw': { text: 'The review ends without a verdict and what was decided in it lapses. You can submit it again.', done: 'withdrawn' },
  'version.archive': { text: 'Put away, with an open review ended. Everything is kept, and it can be restored.', done: 'archived' },
  'version.restore': { text: 'A draft again. What was approved has to be approved anew.', done: 'restored' },
  'audio.drop': {
    text: 'The audio is deleted for good: nobody can play or download it again. Archived versions with the very same audio lose it too. Script, measurements, waveform, words, captions and the record stay.',
    done: 'is without its audio now',
  },
};

interface MoveDialogProps {
  version: Judged;
  move: Move;
  onClose: () => void;
}

export function MoveDialog({ version, move, onClose }: MoveDialogProps) {
  const doing = useMove(version, move);
  return <Moving what={`version ${version.number}`} move={move} doing={doing} onClose={onClose} onDone={onClose} />;
}

interface MoveManyProps {
  project: string;
  versions: readonly Judged[];
  move: 'version.archive' | 'version.restore';
  onClose: () => void;
  onDone: () => void;
}

export function MoveMany({ project, versions, move, onClose, onDone }: MoveManyProps) {
  const doing = useMoveMany(project, versions, move);
  const what = versions.length === 1 ? `version ${versions[0]?.number}` : `${versions.length} versions`;
  return <Moving what={what} move={move} doing={doing} onClose={onClose} onDone={onDone} />;
}

interface MovingProps {
  what: string;
  move: Move;
  doing: {
    isPending: boolean;
    error: unknown;
    mutate: (reason: string, then: { onSuccess: () => void }) => void;
  };
  onClose: () => void;
  onDone: () => void;
}

function titleOf(move: Move, what: string): string {
  return move === 'audio.drop' ? `Drop the audio of ${what}?` : `${STEPS[move].label} ${what}?`;
}

function Moving({ what, move, doing, onClose, onDone }: MovingProps) {
  const problem = doing.error ? asProblem(doing.error) : null;
  const { label } = STEPS[move];
  const { text, done } = MEANING[move];
  const send = (values: FormData) =>
    doing.mutate(textOf(values, 'reason'), {
      onSuccess: () => {
        toast(`${what.charAt(0).toUpperCase()}${what.slice(1)} ${done}`);
        onDone();
      },
    });
  return (
    <FormDialog title={titleOf(move, what)} deed={label} danger={move === 'audio.drop'} busy={doing.isPending} refused={problem?.whole} onSubmit={send} onClose={onClose}>
      <Refused problem={problem} fields={['reason']} />
      <p>{text}</p>
      <ReasonField problem={problem} optional={move === 'version.withdraw'} hint="Kept in the record, for whoever asks later" />
    </FormDialog>
  );
}
