/** The record of a project, or of the installation: who did what, when and why; and the proof that nobody has changed it since. */
import { useInfiniteQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { asProblem } from '../../api/client.ts';
import type { Project } from '../../api/types.ts';
import { Button } from '../../ui/button.tsx';
import { Icon } from '../../ui/icons.tsx';
import { PageTitle } from '../../ui/pageTitle.tsx';
import { Empty, Failure, Skeleton } from '../../ui/state.tsx';
import styles from './auditLog.module.css';
import { EventPanel } from './eventPanel.tsx';
import { EventTable } from './eventTable.tsx';
import { EventFilters } from './filters.tsx';
import { eventsQuery, exportUrl, NONE, useVerify, type FilterChange, type Filters } from './queries.ts';
import { VerdictNote } from './verdict.tsx';

interface AuditLogProps {
  /** Null for what happened in no project. */
  project: Project | null;
  can: readonly string[];
  filters: Filters;
  /** The event that is open. */
  open: string | undefined;
  onFilter: (change: FilterChange) => void;
  onOpen: (event: string | undefined) => void;
}

export function AuditLog({ project, can, filters, open, onFilter, onOpen }: AuditLogProps) {
  const list = useInfiniteQuery(eventsQuery(project?.id ?? null, filters));
  const verify = useVerify(project?.id ?? null);
  const events = list.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <>
      <header className={styles.head}>
        <PageTitle>Audit</PageTitle>
        <div className={styles.actions}>
          {can.includes('audit.export') && <Exports project={project?.id ?? null} filters={filters} />}
          {can.includes('audit.verify') && (
            <Button variant="primary" busy={verify.isPending} onClick={() => verify.mutate()}>
              Verify
            </Button>
          )}
        </div>
      </header>
      <VerdictNote verify={verify} onOpen={onOpen} />
      <EventFilters filters={filters} events={events} ofProject={project !== null} onChange={onFilter} />
      <div className={styles.list} aria-busy={list.isPlaceholderData || undefined}>
        <Content
          list={list}
          empty={events.length === 0}
          filtered={Object.keys(filters).length > 0}
          ofProject={project !== null}
          clear={<Button onClick={() => onFilter(NONE)}>Clear filters</Button>}
        >
          <EventTable events={events} projectKey={project?.key ?? null} filters={filters} onFilter={onFilter} />
        </Content>
      </div>
      {list.hasNextPage && (
        <div className={styles.more}>
          <Button onClick={() => void list.fetchNextPage()} busy={list.isFetchingNextPage}>
            Load more
          </Button>
        </div>
      )}
      {open !== undefined && <EventPanel project={project} event={open} onClose={() => onOpen(undefined)} />}
    </>
  );
}

/** Links, not buttons: the browser saves what comes while the rest is still on its way. */
function Exports({ project, filters }: { project: string | null; filters: Filters }) {
  const about = Object.keys(filters).length > 0 ? 'what the filters let through' : 'everything';
  return (
    <>
      <a className={styles.export} href={exportUrl(project, filters, 'csv')} download title={`A table of ${about}, for people`}>
        <Icon name="download" /> CSV
      </a>
      <a className={styles.export} href={exportUrl(project, filters, 'jsonl')} download title={`Exact bytes and proofs of ${about}, to verify elsewhere`}>
        <Icon name="download" /> JSONL with proofs
      </a>
    </>
  );
}

interface ContentProps {
  list: ReturnType<typeof useInfiniteQuery<unknown>>;
  empty: boolean;
  filtered: boolean;
  ofProject: boolean;
  clear: ReactNode;
  children: ReactNode;
}

function Content({ list, empty, filtered, ofProject, clear, children }: ContentProps) {
  if (list.isPending)
    return (
      <div className={styles.loading}>
        <Skeleton lines={12} label="Loading the events" />
      </div>
    );
  if (list.isError && empty) {
    const problem = asProblem(list.error);
    return <Failure title={problem.title} detail={problem.message} onRetry={() => void list.refetch()} />;
  }
  if (!empty) return children;
  if (!filtered) return <Empty title="Nothing has happened here yet">{ofProject ? 'Whatever somebody does in this project is told here.' : 'Whatever somebody does outside of any project is told here.'}</Empty>;
  return (
    <Empty title="Nothing matches" icon="search" action={clear}>
      No event of this log has these properties.
    </Empty>
  );
}
