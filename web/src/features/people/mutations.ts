/** Letting people in and out, and what they may do. */
import { useMutation, useQueryClient, type QueryKey } from '@tanstack/react-query';
import { answer, api } from '../../api/client.ts';
import type { Account, AccountChange, Project, Role } from '../../api/types.ts';
import { peopleKeys } from './queries.ts';

const SESSION = ['session'] as const;

/** Does something, and asks afresh for what it may have changed. */
function useChange<Body, Result>(does: (body: Body) => Promise<Result>, ...keys: QueryKey[]) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: does,
    onSuccess: () => Promise.all(keys.map((queryKey) => client.invalidateQueries({ queryKey }))),
  });
}

export function useInvite(project: string) {
  return useChange(
    (body: { email: string; roles: Role[] }) =>
      answer(api.POST('/api/v1/projects/{project}/invitations', { params: { path: { project } }, body })),
    peopleKeys.invitations(project),
  );
}

export function useRevoke(project: string) {
  return useChange(
    (invitation: string) => answer(api.DELETE('/api/v1/invitations/{invitation}', { params: { path: { invitation } } })),
    peopleKeys.invitations(project),
  );
}

export function useChangeMember(project: string, person: string) {
  const path = { project, person };
  return useChange(
    (body: { roles: Role[]; reason: string }) =>
      answer(api.PUT('/api/v1/projects/{project}/members/{person}', { params: { path }, body })),
    peopleKeys.members(project),
    SESSION,
  );
}

export function useRemoveMember(project: string, person: string) {
  const path = { project, person };
  return useChange(
    (body: { reason: string }) => answer(api.DELETE('/api/v1/projects/{project}/members/{person}', { params: { path }, body })),
    peopleKeys.members(project),
    SESSION,
  );
}

export function useChangePerson(person: string) {
  return useChange(
    (body: AccountChange) => answer(api.PATCH('/api/v1/people/{person}', { params: { path: { person } }, body })),
    peopleKeys.people,
    SESSION,
  );
}

/** Deactivates who is active, and the other way round. */
export function useLetIn({ id: person, deactivated_at: out }: Account) {
  const path = out ? '/api/v1/people/{person}/reactivate' : '/api/v1/people/{person}/deactivate';
  return useChange((body: { reason: string }) => answer(api.POST(path, { params: { path: { person } }, body })), peopleKeys.people);
}

export function useCreateProject() {
  return useChange(
    (body: { key: string; name: string }) => answer(api.POST('/api/v1/projects', { body })),
    peopleKeys.projects,
    SESSION,
  );
}

export function useRenameProject({ id: project }: Project) {
  return useChange(
    (body: { name: string }) => answer(api.PATCH('/api/v1/projects/{project}', { params: { path: { project } }, body })),
    peopleKeys.projects,
    SESSION,
  );
}
