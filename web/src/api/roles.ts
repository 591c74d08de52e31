/** What a member can be, in the order it is offered. */
import type { Role } from './types.ts';

/** Each role's name, and what it is for in a line. */
export const ROLES: Record<Role, readonly [string, string]> = {
  owner: ['Owner', 'Everything, including people, roles and policy'],
  author: ['Author', 'Writes scripts, chooses voices, generates takes'],
  reviewer: ['Reviewer', 'Listens, comments, approves or sends back'],
  publisher: ['Publisher', 'Puts approved versions live and rolls them back'],
  auditor: ['Auditor', 'Reads and verifies who did what, when and why'],
  viewer: ['Viewer', 'Reads and listens; changes nothing'],
};

export const ROLE_NAMES = Object.keys(ROLES) as Role[];
