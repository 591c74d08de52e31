/** The checks of one version: how each ended, where to listen, and what was waived. */
import { useQuery } from '@tanstack/react-query';
import { useEffect } from 'react';
import { asProblem } from '../../api/client.ts';
import type { CheckResult, Checks, ChecksTally, Version } from '../../api/types.ts';
import { player } from '../../audio/player.ts';
import type { Track } from '../../audio/playing.ts';
import { Button } from '../../ui/button.tsx';
import { Note, Skeleton } from '../../ui/state.tsx';
import { CheckRow } from './checkRow.tsx';
import { checksId, reach } from './opened.ts';
import styles from './panel.module.css';
import { checksQuery } from './queries.ts';
import { SaidBack } from './saidBack.tsx';
import { verdictOf } from './verdict.ts';

/** An ear needs a moment before what it listens for. */
const BEFORE_MS = 300;
const ORDER = ['failed', 'warning', 'passed', 'skipped'];

interface ChecksPanelProps {
  version: Version;
  /** Null until it is known what the asset is called. */
  track: Track | null;
}

export function ChecksPanel({ version, track }: ChecksPanelProps) {
  const checks = useQuery(checksQuery(version.id));
  useEffect(() => reach(version.id), [version.id]);
  const listen = (ms: number) => {
    if (!track) return;
    player.seek(Math.max(0, ms - BEFORE_MS), track);
    player.play(track);
  };
  return (
    <section id={checksId(version.id)} className={styles.panel} tabIndex={-1} aria-label={`Checks of version ${version.number}`}>
      <h4>
        Checks {checks.data && <span role="status">{verdictOf(checks.data.tally).text}</span>}
      </h4>
      {checks.isPending && <Skeleton lines={4} label="Loading the checks" />}
      {checks.isError && !checks.data && (
        <Note tone="bad" action={<Button size="small" onClick={() => void checks.refetch()}>Try again</Button>}>
          The checks could not be loaded. {asProblem(checks.error).message}
        </Note>
      )}
      {checks.data && <Found version={version} checks={checks.data} onListen={listen} />}
    </section>
  );
}

interface FoundProps {
  version: Version;
  checks: Checks;
  onListen: (ms: number) => void;
}

function Found({ version, checks, onListen }: FoundProps) {
  const { state, items, sayback, error } = checks;
  if (state === 'pending') return <Pending />;
  const ordered = items.toSorted(byUrgency);
  const [told, quiet] = [ordered.filter(isFinding), ordered.filter((one) => !isFinding(one))];
  const row = (one: CheckResult) => <CheckRow key={one.check} version={version} result={one} known={state === 'done'} onListen={onListen} />;
  return (
    <>
      {state === 'failed' && (
        <Note tone="bad">
          The audio could not be examined. {error} Nothing is known about it, so each check counts as a finding: listen for yourself, or
          generate it again.
        </Note>
      )}
      {items.length === 0 && <p className={styles.quiet}>This project’s policy has every check switched off.</p>}
      {told.length > 0 && <ul className={styles.checks}>{told.map(row)}</ul>}
      {quiet.length > 0 && (
        <details className={styles.fine}>
          <summary>{fine(checks.tally)}</summary>
          <ul className={styles.checks}>{quiet.map(row)}</ul>
        </details>
      )}
      {sayback && <SaidBack version={version.id} sayback={sayback} onListen={onListen} />}
    </>
  );
}

function isFinding({ outcome }: CheckResult): boolean {
  return outcome === 'failed' || outcome === 'warning';
}

/** What nobody needs to read, folded: `7 passed, 1 skipped`. */
function fine({ passed, skipped }: ChecksTally): string {
  return [passed > 0 && `${passed} passed`, skipped > 0 && `${skipped} skipped`].filter(Boolean).join(', ');
}

function byUrgency(one: CheckResult, other: CheckResult): number {
  return ORDER.indexOf(one.outcome) - ORDER.indexOf(other.outcome);
}

function Pending() {
  return (
    <>
      <p className={styles.quiet}>The audio is being examined. This takes a moment, and what is found appears here by itself.</p>
      <Skeleton lines={3} label="Being examined" />
    </>
  );
}
