/** An asset: what it says, how it sounds, and how it came to be. */
import { useQuery, useSuspenseQuery } from '@tanstack/react-query';
import { Link, useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { asProblem } from '../api/client.ts';
import { AssetHeader } from '../features/assets/assetHeader.tsx';
import { assetQuery } from '../features/assets/queries.ts';
import { sessionQuery } from '../features/session/queries.ts';
import { Empty, Failure, Skeleton } from '../ui/state.tsx';
import { AssetWork } from './assetWork.tsx';
import styles from './page.module.css';
import { set } from './search.ts';

const ROUTE = '/inside/projects/$project/assets/$asset';

export function AssetPage() {
  const { project: key, asset: id } = useParams({ from: ROUTE });
  const { version, tab } = useSearch({ from: ROUTE });
  const navigate = useNavigate({ from: '/projects/$project/assets/$asset' });
  const { data: session } = useSuspenseQuery(sessionQuery);
  const asset = useQuery(assetQuery(id));
  const project = session.projects.find((one) => one.key === key);

  if (asset.isPending)
    return (
      <main className={styles.page}>
        <title>Loading · VoiceOps Studio</title>
        <Skeleton lines={9} label="Loading the asset" />
      </main>
    );
  if (!asset.data || !project) {
    const problem = asProblem(asset.error);
    const missing = !project || problem.status === 404 || problem.status === 422;
    return (
      <main className={styles.page}>
        <title>Not found · VoiceOps Studio</title>
        {missing ? (
          <Empty screen title="There is no such asset" icon="search" action={<Link to="/">Go to the library</Link>}>
            It may be in a project you are no member of.
          </Empty>
        ) : (
          <Failure screen title={problem.title} detail={problem.message} onRetry={() => void asset.refetch()} />
        )}
      </main>
    );
  }
  return (
    <main className={styles.page}>
      <title>{`${asset.data.title} · ${project.name} · VoiceOps Studio`}</title>
      <AssetHeader asset={asset.data} projectKey={key} />
      <AssetWork
        key={id}
        person={session.person.id}
        asset={asset.data}
        project={project}
        selected={version}
        tab={tab ?? (asset.data.can.includes('generation.request') ? 'script' : 'versions')}
        onSelect={(number) => void navigate({ search: (old) => set({ ...old, version: number }), replace: true, resetScroll: false })}
        onCompare={(ids) => void navigate({ to: '/projects/$project/compare', params: { project: key }, search: { versions: ids.join(',') } })}
        onTab={(next) => void navigate({ search: (old) => set({ ...old, tab: next }), replace: true, resetScroll: false })}
      />
    </main>
  );
}
