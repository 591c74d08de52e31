/** One check: how it ended, what was found, where to hear it, and who waived it. */
import { useState } from 'react';
import { CHECKS } from '../../api/checks.ts';
import type { CheckResult, Version } from '../../api/types.ts';
import { Ago } from '../../ui/ago.tsx';
import { Button } from '../../ui/button.tsx';
import { clock } from '../../ui/format.ts';
import { Icon, type IconName } from '../../ui/icons.tsx';
import { measured } from './measured.ts';
import styles from './panel.module.css';
import { WaiveCheck } from './waiveCheck.tsx';

const OUTCOMES: Record<CheckResult['outcome'], readonly [string, IconName]> = {
  passed: ['Passed', 'check'],
  warning: ['Warning', 'warning'],
  failed: ['Failed', 'close'],
  skipped: ['Skipped', 'start'],
};

/** Beyond so many places it is everywhere. */
const PLACES = 8;

interface CheckRowProps {
  version: Version;
  result: CheckResult;
  /** Whether there was an examination: what it found is told with each check, why there was none only once. */
  known: boolean;
  onListen: (ms: number) => void;
}

export function CheckRow({ version, result, known, onListen }: CheckRowProps) {
  const [waiving, setWaiving] = useState(false);
  const { check, outcome, waived } = result;
  const [name] = CHECKS[check];
  const [word, icon] = OUTCOMES[outcome];
  const figures = known ? measured(result.figures) : [];
  return (
    <li data-outcome={waived ? 'waived' : outcome}>
      <span className={styles.outcome}>
        <Icon name={icon} />
        {word}
      </span>
      <div className={styles.found}>
        <p>
          <strong>{name}</strong> {known && result.detail}
        </p>
        {figures.length > 0 && <p className={styles.quiet}>{figures.map(([label, value]) => `${label} ${value}`).join(' · ')}</p>}
        {result.at.length > 0 && check !== 'say_back' && <Places name={name} at={result.at} onListen={onListen} />}
        {waived && (
          <p className={styles.waived}>
            Waived by {waived.by.name}, <Ago time={waived.at} />: {waived.reason}
          </p>
        )}
      </div>
      {result.can.includes('check.waive') && (
        <Button size="small" onClick={() => setWaiving(true)} aria-label={`Waive ${name}`}>
          Waive
        </Button>
      )}
      {waiving && <WaiveCheck version={version} result={result} onClose={() => setWaiving(false)} />}
    </li>
  );
}

function Places({ name, at, onListen }: { name: string; at: CheckResult['at']; onListen: (ms: number) => void }) {
  return (
    <p className={styles.places}>
      {at.slice(0, PLACES).map(({ start_ms: start }) => (
        <Button key={start} size="small" icon="play" onClick={() => onListen(start)} aria-label={`Listen at ${clock(start)}: ${name}`}>
          {clock(start)}
        </Button>
      ))}
      {at.length > PLACES && <span className={styles.quiet}>and {at.length - PLACES} more places</span>}
    </p>
  );
}
