/** What of a form differs from the policy, as the API takes it. */
import { CHECK_NAMES } from '../../api/checks.ts';
import type { Policy, PolicyChange, Role, Severity } from '../../api/types.ts';
import type { Days } from './queries.ts';

/** Those who approve, and so may be asked for. */
export const APPROVERS = ['reviewer', 'owner'] as const satisfies readonly Role[];

/** Null where nothing differs. */
export function changeOf(before: Policy, values: FormData, reason: string): PolicyChange | null {
  const approvals = Number(values.get('approvals'));
  const roles = APPROVERS.filter((role) => values.getAll('roles').includes(role));
  const self = values.has('self_approval');
  const different = CHECK_NAMES.filter((check) => values.get(check) !== before.checks[check]);
  const checks = Object.fromEntries(different.map((check) => [check, values.get(check) as Severity]));
  const change = {
    ...(approvals !== before.approvals && { approvals }),
    ...(APPROVERS.some((role) => roles.includes(role) !== before.roles.includes(role)) && { roles }),
    ...(self !== before.self_approval && { self_approval: self }),
    ...(different.length > 0 && { checks }),
  };
  return Object.keys(change).length === 0 ? null : { ...change, reason };
}

const MOST_DAYS = 3650;

/** Null is for ever; undefined where it is no number of days. */
export function daysOf(typed: string): number | null | undefined {
  const text = typed.trim();
  if (text === '') return null;
  const days = /^\d{1,4}$/.test(text) ? Number(text) : 0;
  return days >= 1 && days <= MOST_DAYS ? days : undefined;
}

/** Null where nothing differs. */
export function retentionOf(before: Policy['retention'], { renditions, audio }: Days, reason: string): PolicyChange | null {
  const retention = {
    ...(renditions !== before.renditions_days && { renditions_days: renditions }),
    ...(audio !== before.archived_audio_days && { archived_audio_days: audio }),
  };
  return Object.keys(retention).length === 0 ? null : { retention, reason };
}
