/** What may be done with a version in its life: a button for each step the server lets this person take now. */
import { useState } from 'react';
import type { Version } from '../../api/types.ts';
import { Button } from '../../ui/button.tsx';
import { judgedVersion } from './judged.ts';
import { StepDialog } from './stepDialog.tsx';
import { possible, STEPS, type Step } from './steps.ts';

export function VersionActions({ version }: { version: Version }) {
  const [step, setStep] = useState<Step | null>(null);
  const close = () => setStep(null);
  return (
    <>
      {possible(version.can).map((one) => (
        <Button key={one} variant={STEPS[one].variant} size="small" aria-haspopup="dialog" onClick={() => setStep(one)}>
          {STEPS[one].label}
        </Button>
      ))}
      {step && <StepDialog version={judgedVersion(version)} step={step} onClose={close} onDone={close} />}
    </>
  );
}
