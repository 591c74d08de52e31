/** How an examination ended, in a few words. */
import type { Checks } from '../../api/types.ts';

export type Tone = 'quiet' | 'good' | 'warn' | 'bad';

export interface Verdict {
  readonly tone: Tone;
  readonly text: string;
}

/** What was waived no longer counts as a finding, but is told. */
export function verdictOf({ state, items }: Checks): Verdict {
  if (state === 'pending') return { tone: 'quiet', text: 'Being examined' };
  if (items.length === 0) return { tone: 'quiet', text: 'No checks' };
  const open = (outcome: string) => items.filter((one) => one.outcome === outcome && !one.waived).length;
  const [failed, warned] = [open('failed'), open('warning')];
  if (state === 'failed' && failed + warned > 0) return { tone: failed > 0 ? 'bad' : 'warn', text: 'Could not be examined' };
  const warnings = warned > 0 ? `${warned} ${warned === 1 ? 'warning' : 'warnings'}` : '';
  if (failed > 0) return { tone: 'bad', text: [`${failed} failed`, warnings].filter(Boolean).join(', ') };
  if (warned > 0) return { tone: 'warn', text: warnings };
  const waived = items.filter((one) => one.waived).length;
  const skipped = items.filter((one) => one.outcome === 'skipped').length;
  const rest = [waived > 0 && `${waived} waived`, skipped > 0 && `${skipped} skipped`].filter(Boolean);
  return rest.length > 0 ? { tone: 'good', text: `Checks passed, ${rest.join(', ')}` } : { tone: 'good', text: 'All checks passed' };
}
