/** The record: its events, one of them in full, its verification, and where to take it away. */
import { infiniteQueryOptions, keepPreviousData, queryOptions, useMutation } from '@tanstack/react-query';
import { answer, api } from '../../api/client.ts';

export interface Filters {
  action?: string;
  actor?: string;
  subject?: string;
  asset?: string;
  version?: string;
  /** Days, as in `2026-11-24`. */
  since?: string;
  until?: string;
}

/** Undefined takes a filter away. */
export type FilterChange = { [Name in keyof Filters]?: Filters[Name] | undefined };

export const NONE = { action: undefined, actor: undefined, subject: undefined, asset: undefined, version: undefined, since: undefined, until: undefined };

const PAGE = 50;

/** Days are this browser's: from the first moment of the one to the last of the other. What is no day is left out. */
export function asked({ since, until, ...same }: Filters): Record<string, string> {
  const from = moment(since, '00:00:00.000');
  const to = moment(until, '23:59:59.999');
  return { ...same, ...(from && { since: from }), ...(to && { until: to }) };
}

function moment(day: string | undefined, time: string): string | undefined {
  const date = new Date(`${day}T${time}`);
  return Number.isNaN(date.getTime()) ? undefined : date.toISOString();
}

/** `project` is null for the log of the installation: what happened in no project. */
export function eventsQuery(project: string | null, filters: Filters) {
  return infiniteQueryOptions({
    queryKey: ['audit', project, 'list', filters] as const,
    initialPageParam: undefined as string | undefined,
    placeholderData: keepPreviousData,
    queryFn: ({ pageParam, signal }) => {
      const query = { ...asked(filters), limit: PAGE, ...(pageParam === undefined ? {} : { cursor: Number(pageParam) }) };
      if (project === null) return answer(api.GET('/api/v1/audit', { params: { query }, signal }));
      return answer(api.GET('/api/v1/projects/{project}/audit', { params: { path: { project }, query }, signal }));
    },
    getNextPageParam: (page) => page.next_cursor ?? undefined,
  });
}

const UNSEALED_MS = 500;

export function eventQuery(project: string | null, event: string) {
  return queryOptions({
    queryKey: ['audit', project, 'event', event] as const,
    queryFn: ({ signal }) =>
      project === null
        ? answer(api.GET('/api/v1/audit/{event}', { params: { path: { event } }, signal }))
        : answer(api.GET('/api/v1/projects/{project}/audit/{event}', { params: { path: { project, event } }, signal })),
    // No news tell of sealing: it follows within a second.
    refetchInterval: (query) => (query.state.data?.proof === null ? UNSEALED_MS : false),
  });
}

export function useVerify(project: string | null) {
  return useMutation({
    mutationFn: () =>
      project === null
        ? answer(api.POST('/api/v1/audit/verify', { body: {} }))
        : answer(api.POST('/api/v1/projects/{project}/audit/verify', { params: { path: { project } }, body: {} })),
  });
}

export function exportUrl(project: string | null, filters: Filters, format: 'jsonl' | 'csv'): string {
  const log = project === null ? 'audit' : `projects/${project}/audit`;
  return `/api/v1/${log}/export?${new URLSearchParams({ format, ...asked(filters) }).toString()}`;
}
