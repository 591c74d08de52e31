/** Archives or restores all that is ticked, in one go. */
import { useState } from 'react';
import type { Version } from '../../api/types.ts';
import { Button } from '../../ui/button.tsx';
import { judgedVersion } from './judged.ts';
import { MoveMany } from './moveDialog.tsx';
import { STEPS } from './steps.ts';

const MANY = ['version.archive', 'version.restore'] as const;

interface MoveBarProps {
  versions: readonly Version[];
  onDone: () => void;
}

/** A button only for what may be done with every one of them. */
export function MoveBar({ versions, onDone }: MoveBarProps) {
  const [move, setMove] = useState<(typeof MANY)[number] | null>(null);
  const [first] = versions;
  if (!first) return null;
  const done = () => {
    setMove(null);
    onDone();
  };
  return (
    <>
      {MANY.filter((one) => versions.every(({ can }) => can.includes(one))).map((one) => (
        <Button key={one} size="small" aria-haspopup="dialog" onClick={() => setMove(one)}>
          {STEPS[one].label} {versions.length}
        </Button>
      ))}
      {move && <MoveMany project={first.project_id} versions={versions.map(judgedVersion)} move={move} onClose={() => setMove(null)} onDone={done} />}
    </>
  );
}
