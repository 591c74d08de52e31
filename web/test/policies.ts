/** Policies as the API gives them. */
import type { Policy } from '../src/api/types.ts';

export function policy(other: Partial<Policy> = {}): Policy {
  return {
    approvals: 1,
    roles: [],
    self_approval: false,
    checks: {
      clipping: 'warn',
      silence_before: 'warn',
      silence_after: 'off',
      pause: 'warn',
      cut_off: 'block',
      pace: 'warn',
      loudness: 'warn',
      true_peak: 'warn',
      say_back: 'warn',
    },
    unmet: null,
    retention: { renditions_days: null, archived_audio_days: null },
    can: [],
    reading: { title: 'Read and listen', roles: ['viewer', 'author', 'owner'], scopes: ['read'], allowed: true },
    rules: [
      { action: 'asset.create', title: 'Create asset', roles: ['author', 'owner'], scopes: ['write'], allowed: true },
      { action: 'script.create', title: 'Create script', roles: ['author', 'owner'], scopes: ['write', 'generate'], allowed: true },
      { action: 'member.change', title: 'Change member', roles: ['owner'], scopes: [], allowed: false },
    ],
    ...other,
  };
}
