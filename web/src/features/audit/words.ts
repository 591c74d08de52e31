/** The record in plain words. */
import type { AuditEvent, Version } from '../../api/types.ts';
import { count, plain } from '../../ui/format.ts';

/** All that the record tells of: reading it is an action too, and leaves nothing. */
export type Recorded = Exclude<Version['can'][number], 'audit.read'>;

/** What somebody did, after their name. A new action does not compile until it is told here. */
const DONE: Record<Recorded, string> = {
  'studio.seed': 'set up the demo studio',
  'studio.found': 'founded the studio',
  'session.sign_in': 'signed in',
  'session.refuse': 'refused a wrong password',
  'session.sign_out': 'signed out',
  'session.end': 'ended another session of theirs',
  'project.create': 'created the project',
  'project.update': 'changed the project',
  'member.invite': 'invited somebody',
  'member.accept': 'accepted an invitation',
  'member.change': 'changed a member’s roles',
  'member.remove': 'removed a member',
  'invitation.revoke': 'revoked an invitation',
  'person.change': 'changed a person',
  'person.deactivate': 'deactivated a person',
  'person.reactivate': 'reactivated a person',
  'password.change': 'changed their password',
  'key.create': 'made an API key',
  'key.revoke': 'revoked an API key',
  'limit.change': 'changed a limit',
  'check.waive': 'waived a check',
  'limit.refuse': 'ran into a limit',
  'asset.create': 'created the asset',
  'asset.update': 'changed the asset',
  'script.create': 'wrote a script',
  'generation.request': 'asked for speech',
  'generation.cancel': 'cancelled a generation',
  'generation.retry': 'retried a generation',
  'generation.succeed': 'got a version',
  'generation.fail': 'got no version: it failed',
  'version.prefer': 'preferred a version, heard blind',
  'audit.verify': 'verified the audit trail',
  'audit.export': 'exported the audit trail',
  'audit.rotate': 'made a new key to sign the audit trail',
  'version.submit': 'asked for a review',
  'version.withdraw': 'took a version back from review',
  'version.approve': 'approved a version',
  'version.request_changes': 'asked for changes',
  'version.archive': 'archived a version',
  'version.restore': 'restored a version',
  'policy.change': 'changed the policy',
  'comment.create': 'commented',
  'comment.edit': 'edited a comment',
  'comment.delete': 'deleted a comment',
  'comment.resolve': 'resolved a comment',
  'comment.reopen': 'reopened a comment',
  'audio.drop': 'dropped the audio of a version',
  'audio.return': 'brought back the audio of a version',
  'target.create': 'made a target',
  'target.update': 'changed a target',
  'deployment.create': 'deployed a version',
  'deployment.rollback': 'rolled back to the version before',
  'deployment.retire': 'took a version out of use',
  'deployment.pin': 'pinned what is live',
  'deployment.unpin': 'unpinned what is live',
  'deployment.return': 'let the version before come back',
  'release.create': 'asked for a release',
  'release.confirm': 'confirmed a release',
  'release.cancel': 'cancelled a release',
  'release.start': 'carried out a release',
  'release.end': 'ended a release',
  'release.fail': 'could not carry out a release',
};

export const ACTIONS = Object.keys(DONE) as Recorded[];

/** An event may be older, or younger, than this page knows. */
export function done(action: string): string {
  return isRecorded(action) ? DONE[action] : plain(action.replace('.', ' ')).toLowerCase();
}

function isRecorded(action: string): action is Recorded {
  return action in DONE;
}

/** For a list to choose from: `Asset: create`. */
export function actionName(action: string): string {
  const [noun = '', verb = ''] = action.split('.');
  return `${plain(noun)}: ${plain(verb).toLowerCase()}`;
}

/** Who acted. A worker acts for the person who asked, a key for the person it belongs to. */
export function who({ actor }: Pick<AuditEvent, 'actor'>): string {
  if (actor.type === 'system') return 'The studio itself';
  const name = actor.name ?? 'Somebody no longer known';
  return actor.key ? `${name}, by the key ${actor.key.name},` : name;
}

/** Whom or what it was done to, by name, where that is another than who did it and no version: those stand beside their asset. */
export function about({ actor, subject: { id, type, name } }: Pick<AuditEvent, 'actor' | 'subject'>): string | null {
  return id === actor.id || type === 'version' || type === 'comment' ? null : name;
}

/** What the page of its asset is to show: the version it is about, if there is one. */
export function versionOf({ version }: Pick<AuditEvent, 'version'>) {
  return version ? ({ version: version.number, tab: 'versions' } as const) : {};
}

/** What it was done to, as one says it. Whom an invitation is for stands in the record as a hash alone. */
export function subject({ subject: { type, name } }: Pick<AuditEvent, 'subject'>): string {
  if (type !== 'invitation') return name ?? plain(type);
  return name === null ? 'An invitation nobody has accepted' : `An invitation, accepted by ${name}`;
}

/** The place in its log, counted from 1 and without gaps. */
export function place(index: number): string {
  return count(index + 1);
}

/** The thing that was wrong, in a word or two. */
export const KINDS: Record<string, string> = {
  edited: 'Edited',
  missing: 'Deleted',
  gap: 'Removed',
  moved: 'Moved',
  root: 'Rewritten',
  checkpoint: 'Signature',
  cut: 'Cut off',
  unsigned: 'Unsigned',
  behind: 'Slipped in',
  columns: 'Shown otherwise',
  time: 'Wrong time',
  witness: 'Copy outside',
};
