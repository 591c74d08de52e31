/** How an examination ended, in a few words. */
import type { ChecksTally } from '../../api/types.ts';

export type Tone = 'quiet' | 'good' | 'warn' | 'bad';

export interface Verdict {
  readonly tone: Tone;
  readonly text: string;
}

/** What was waived no longer counts as a finding, but is told. */
export function verdictOf({ state, passed, warnings, blockers, waived, skipped }: ChecksTally): Verdict {
  if (state === 'pending') return { tone: 'quiet', text: 'Being examined' };
  if (passed + warnings + blockers + waived + skipped === 0) return { tone: 'quiet', text: 'No checks' };
  const warned = warnings > 0 ? `${warnings} ${warnings === 1 ? 'warning' : 'warnings'}` : '';
  if (state === 'failed' && blockers + warnings > 0) return { tone: blockers > 0 ? 'bad' : 'warn', text: 'Could not be examined' };
  if (blockers > 0) return { tone: 'bad', text: [`${blockers} failed`, warned].filter(Boolean).join(', ') };
  if (warnings > 0) return { tone: 'warn', text: warned };
  const rest = [waived > 0 && `${waived} waived`, skipped > 0 && `${skipped} skipped`].filter(Boolean);
  return rest.length > 0 ? { tone: 'good', text: `Checks passed, ${rest.join(', ')}` } : { tone: 'good', text: 'All checks passed' };
}
