/** The steps of a version's life, as buttons and dialogs call them. */

export const STEPS = {
  'version.approve': { label: 'Approve', variant: 'primary' },
  'version.request_changes': { label: 'Request changes', variant: 'plain' },
  'version.submit': { label: 'Submit for review', variant: 'plain' },
  'version.withdraw': { label: 'Withdraw', variant: 'plain' },
  'version.archive': { label: 'Archive', variant: 'quiet' },
  'version.restore': { label: 'Restore', variant: 'plain' },
  'audio.drop': { label: 'Drop audio', variant: 'plain' },
} as const;

export type Step = keyof typeof STEPS;
export type Verdict = 'version.approve' | 'version.request_changes';
export type Move = 'version.withdraw' | 'version.archive' | 'version.restore' | 'audio.drop';

const ALL = Object.keys(STEPS) as Step[];

/** Those of the steps that the server lets this person take now, in the order they are shown. */
export function possible(can: readonly string[]): Step[] {
  return ALL.filter((step) => can.includes(step));
}

export function isVerdict(step: Step): step is Verdict {
  return step === 'version.approve' || step === 'version.request_changes';
}
