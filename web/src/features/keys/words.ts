/** What scopes and states mean to people. */
import type { ApiKey, Scope } from '../../api/types.ts';

export const SCOPES: Record<Scope, string> = {
  read: 'See everything in the project, and listen',
  write: 'Add and change assets and scripts',
  generate: 'Ask for speech, which may cost money',
  review: 'Decide on versions and comment',
  deploy: 'Put versions on targets and roll back',
  live: 'Ask what is live on a target, and nothing else',
};

export const STATES: Record<ApiKey['state'], string> = {
  active: 'It works',
  asleep: 'Its person is no member at present, so it does nothing',
  expired: 'Its time is over',
  revoked: 'It was ended for good',
};

export function isOver(key: ApiKey): boolean {
  return key.state === 'expired' || key.state === 'revoked';
}
