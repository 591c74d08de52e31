/** Steps of a version's life. Whatever comes of one, what it may have changed is asked afresh: a refusal means that it looks otherwise by now. */
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { answer, api } from '../../api/client.ts';
import type { Submission } from '../../api/types.ts';
import type { Judged } from './judged.ts';
import { touchedBy } from './queries.ts';
import type { Move, Verdict } from './steps.ts';

function useStep<Body, Result>(does: (body: Body) => Promise<Result>, versions: readonly Judged[]) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: does,
    onSettled: () => {
      for (const queryKey of versions.flatMap(touchedBy)) void client.invalidateQueries({ queryKey });
    },
  });
}

export function useSubmit(version: Judged) {
  const params = { path: { version: version.id } };
  return useStep((body: Submission) => answer(api.POST('/api/v1/versions/{version}/submit', { params, body })), [version]);
}

const VERDICTS = {
  'version.approve': '/api/v1/versions/{version}/approve',
  'version.request_changes': '/api/v1/versions/{version}/request-changes',
} as const;

export function useDecide(version: Judged, verdict: Verdict) {
  const params = { path: { version: version.id } };
  return useStep((body: { reason: string; heard: number }) => answer(api.POST(VERDICTS[verdict], { params, body })), [version]);
}

const MOVES = {
  'version.withdraw': '/api/v1/versions/{version}/withdraw',
  'version.archive': '/api/v1/versions/{version}/archive',
  'version.restore': '/api/v1/versions/{version}/restore',
  'audio.drop': '/api/v1/versions/{version}/drop-audio',
} as const;

/** `reason` may be empty only for a withdrawal. */
export function useMove(version: Judged, move: Move) {
  const params = { path: { version: version.id } };
  return useStep((reason: string) => {
    if (move === 'version.withdraw') return answer(api.POST(MOVES[move], { params, body: { reason: reason || null } }));
    return answer(api.POST(MOVES[move], { params, body: { reason } }));
  }, [version]);
}

const MANY = {
  'version.archive': '/api/v1/projects/{project}/versions/archive',
  'version.restore': '/api/v1/projects/{project}/versions/restore',
} as const;

/** All of them or none. */
export function useMoveMany(project: string, versions: readonly Judged[], move: keyof typeof MANY) {
  const params = { path: { project } };
  const version_ids = versions.map(({ id }) => id);
  return useStep((reason: string) => answer(api.POST(MANY[move], { params, body: { version_ids, reason } })), versions);
}
