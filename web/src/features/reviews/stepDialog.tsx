/** The dialog of a step. */
import { DecideDialog } from './decideDialog.tsx';
import type { Judged } from './judged.ts';
import { MoveDialog } from './moveDialog.tsx';
import { isVerdict, type Step } from './steps.ts';
import { SubmitDialog } from './submitDialog.tsx';

interface StepDialogProps {
  version: Judged;
  step: Step;
  onClose: () => void;
  /** After somebody decided. */
  onDone: () => void;
}

export function StepDialog({ version, step, onClose, onDone }: StepDialogProps) {
  if (step === 'version.submit') return <SubmitDialog version={version} onClose={onClose} />;
  if (isVerdict(step)) return <DecideDialog version={version} verdict={step} onClose={onClose} onDone={onDone} />;
  return <MoveDialog version={version} move={step} onClose={onClose} />;
}
