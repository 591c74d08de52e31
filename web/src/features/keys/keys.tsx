/** API keys: what machines sign in with. */
import { useInfiniteQuery } from '@tanstack/react-query';
import { lazy, Suspense, useState, type ReactNode } from 'react';
import { asProblem } from '../../api/client.ts';
import type { ApiKey, Project } from '../../api/types.ts';
import { Button } from '../../ui/button.tsx';
import { PageTitle } from '../../ui/pageTitle.tsx';
import { Empty, Failure, Skeleton } from '../../ui/state.tsx';
import styles from './keys.module.css';
import { KeyTable } from './keyTable.tsx';
import { keysQuery } from './queries.ts';
import { isOver } from './words.ts';

const NewKey = lazy(() => import('./newKey.tsx').then((module) => ({ default: module.NewKey })));
const RevokeKey = lazy(() => import('./revokeKey.tsx').then((module) => ({ default: module.RevokeKey })));

interface KeysProps {
  project: Project;
  /** The person who looks. */
  me: string;
}

export function Keys({ project, me }: KeysProps) {
  const [creating, setCreating] = useState(false);
  const [revoking, setRevoking] = useState<ApiKey | null>(null);
  const list = useInfiniteQuery(keysQuery(project.id));
  const keys = list.data?.pages.flatMap((page) => page.items) ?? [];
  const create = project.can.includes('key.create') && (
    <Button variant="primary" icon="plus" onClick={() => setCreating(true)}>
      New key
    </Button>
  );
  return (
    <>
      <header className={styles.head}>
        <PageTitle>API keys</PageTitle>
        <div className={styles.actions}>{keys.length > 0 && create}</div>
      </header>
      <p className={styles.lead}>
        A key lets a program in: a bot, a course player, a build. It acts for whoever made it, in this project alone, and never does more than
        its scopes and that person’s roles allow.
      </p>
      <Content list={list} keys={keys} me={me} create={create} onRevoke={setRevoking} />
      {list.hasNextPage && (
        <div className={styles.more}>
          <Button onClick={() => void list.fetchNextPage()} busy={list.isFetchingNextPage}>
            Load more
          </Button>
        </div>
      )}
      <Suspense>
        {creating && <NewKey project={project} onClose={() => setCreating(false)} />}
        {revoking && <RevokeKey apiKey={revoking} onClose={() => setRevoking(null)} />}
      </Suspense>
    </>
  );
}

interface ContentProps {
  list: ReturnType<typeof useInfiniteQuery<unknown>>;
  keys: readonly ApiKey[];
  me: string;
  create: ReactNode;
  onRevoke: (key: ApiKey) => void;
}

function Content({ list, keys, me, create, onRevoke }: ContentProps) {
  if (list.isPending)
    return (
      <div className={styles.loading}>
        <Skeleton lines={6} label="Loading the keys" />
      </div>
    );
  if (list.isError && keys.length === 0) {
    const problem = asProblem(list.error);
    return <Failure title={problem.title} detail={problem.message} onRetry={() => void list.refetch()} />;
  }
  if (keys.length === 0)
    return (
      <div className={styles.list}>
        <Empty title="No keys yet" action={create}>
          Make one for each program, so that you can tell them apart and end one without the others.
        </Empty>
      </div>
    );
  const over = keys.filter(isOver);
  const inUse = keys.filter((key) => !isOver(key));
  return (
    <>
      <div className={styles.list}>
        {inUse.length > 0 ? (
          <KeyTable caption="Keys" keys={inUse} me={me} onRevoke={onRevoke} />
        ) : (
          <p className={styles.none}>No key works at present.</p>
        )}
      </div>
      {over.length > 0 && (
        <details className={styles.over}>
          <summary>
            Expired and revoked ({over.length})
          </summary>
          <div className={styles.list}>
            <KeyTable caption="Expired and revoked keys" keys={over} me={me} onRevoke={onRevoke} />
          </div>
        </details>
      )}
    </>
  );
}
