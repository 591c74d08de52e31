/** The library: what there is, in which state, and how it sounds. */
import { useInfiniteQuery } from '@tanstack/react-query';
import { lazy, Suspense, useState, type ReactNode } from 'react';
import { asProblem } from '../../api/client.ts';
import type { Asset, Project } from '../../api/types.ts';
import { Button } from '../../ui/button.tsx';
import { count } from '../../ui/format.ts';
import { PageTitle } from '../../ui/pageTitle.tsx';
import { Empty, Failure, Note, Skeleton } from '../../ui/state.tsx';
import { AssetTable } from './assetTable.tsx';
import { AssetFilters } from './filters.tsx';
import styles from './library.module.css';
import { assetsQuery, type FilterChange, type Filters } from './queries.ts';

const NewAsset = lazy(() => import('./newAsset.tsx').then((module) => ({ default: module.NewAsset })));

interface LibraryProps {
  project: Project;
  filters: Filters;
  onFilter: (change: FilterChange) => void;
  onCreated: (asset: Asset) => void;
}

export function Library({ project, filters, onFilter, onCreated }: LibraryProps) {
  const [creating, setCreating] = useState(false);
  const list = useInfiniteQuery(assetsQuery(project.id, filters));
  const all = useInfiniteQuery(assetsQuery(project.id, {}));
  const assets = list.data?.pages.flatMap((page) => page.items) ?? [];
  const known = all.data?.pages.flatMap((page) => page.items) ?? [];
  const mayCreate = project.can.includes('asset.create');
  const create = mayCreate && (
    <Button variant="primary" icon="plus" onClick={() => setCreating(true)}>
      New asset
    </Button>
  );
  return (
    <>
      <header className={styles.head}>
        <PageTitle>Library</PageTitle>
        {list.data && !list.hasNextPage && assets.length > 0 && (
          <span className={styles.count}>
            {count(assets.length)} {assets.length === 1 ? 'asset' : 'assets'}
          </span>
        )}
        <div className={styles.actions}>{create}</div>
      </header>
      {!mayCreate && (
        <Note tone="info">
          As {project.roles.join(', ')} in {project.name} you can read and listen. Authors add assets and generate versions.
        </Note>
      )}
      <AssetFilters filters={filters} known={known} onChange={onFilter} />
      <div className={styles.list} aria-busy={list.isPlaceholderData || undefined}>
        <Content list={list} assets={assets} project={project} filters={filters} create={create} onFilter={onFilter} />
      </div>
      {list.hasNextPage && (
        <div className={styles.more}>
          <Button onClick={() => void list.fetchNextPage()} busy={list.isFetchingNextPage}>
            Load more
          </Button>
        </div>
      )}
      {creating && (
        <Suspense>
          <NewAsset project={project} onClose={() => setCreating(false)} onCreated={onCreated} />
        </Suspense>
      )}
    </>
  );
}

interface ContentProps {
  list: ReturnType<typeof useInfiniteQuery<unknown>>;
  assets: readonly Asset[];
  project: Project;
  filters: Filters;
  create: ReactNode;
  onFilter: LibraryProps['onFilter'];
}

function Content({ list, assets, project, filters, create, onFilter }: ContentProps) {
  if (list.isPending)
    return (
      <div className={styles.loading}>
        <Skeleton lines={12} label="Loading the library" />
      </div>
    );
  if (list.isError && assets.length === 0) {
    const problem = asProblem(list.error);
    return <Failure title={problem.title} detail={problem.message} onRetry={() => void list.refetch()} />;
  }
  if (assets.length > 0) return <AssetTable assets={assets} projectKey={project.key} onTag={(tag) => onFilter({ tag })} />;
  if (Object.keys(filters).length === 0)
    return (
      <Empty title="No assets yet" action={create}>
        An asset is one piece of voice content, such as a greeting. It collects scripts and the versions made of them.
      </Empty>
    );
  return (
    <Empty title="Nothing matches" icon="search" action={<Button onClick={() => onFilter(NONE)}>Clear search and filters</Button>}>
      No asset of {project.name} has {filters.query ? `“${filters.query}” in its title, key or script` : 'these properties'}.
    </Empty>
  );
}

const NONE = { query: undefined, status: undefined, tag: undefined, language: undefined, owner: undefined };
