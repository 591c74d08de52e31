/** Versions side by side; which they are, and which the others are compared with, stands in the address. */
import { useQueries, useQuery, useSuspenseQuery } from '@tanstack/react-query';
import { Link, useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { asProblem } from '../api/client.ts';
import type { Project, Version } from '../api/types.ts';
import { Compare } from '../features/compare/compare.tsx';
import { Picker } from '../features/compare/picker.tsx';
import { versionQuery } from '../features/compare/queries.ts';
import { voicesQuery } from '../features/generations/queries.ts';
import { sessionQuery } from '../features/session/queries.ts';
import { Button } from '../ui/button.tsx';
import { Empty, Failure, Note, Skeleton } from '../ui/state.tsx';
import { beginComment, CompareComments } from './compareComments.tsx';
import { NotFound } from './notFound.ts';
import styles from './page.module.css';
import { compareSearch, idsOf } from './search.ts';

const ROUTE = '/inside/projects/$project/compare';

export function ComparePage() {
  const { project: key } = useParams({ from: ROUTE });
  const { versions, base, blind = false } = useSearch({ from: ROUTE });
  const navigate = useNavigate({ from: '/projects/$project/compare' });
  const { data: session } = useSuspenseQuery(sessionQuery);
  const project = session.projects.find((one) => one.key === key);
  if (!project) return <NotFound />;
  return (
    <main className={styles.page}>
      <title>{`Compare · ${project.name} · VoiceOps Studio`}</title>
      <Chosen
        person={session.person.id}
        project={project}
        ids={idsOf(versions)}
        base={base}
        blind={blind}
        onChoose={(ids) => void navigate({ search: (old) => ({ ...old, versions: ids.join(',') }), resetScroll: false })}
        onBase={(id) => void navigate({ search: (old) => ({ ...old, base: id }), replace: true, resetScroll: false })}
        onBlind={(hidden) => void navigate({ search: (old) => compareSearch({ ...old, blind: hidden }), replace: true })}
      />
    </main>
  );
}

interface ChosenProps {
  /** Who compares: what is typed is each person's own. */
  person: string;
  project: Project;
  ids: readonly string[];
  /** The one compared with; the first if that is not among them. */
  base: string | undefined;
  /** Which is which is hidden, after a reload too. */
  blind: boolean;
  onChoose: (ids: readonly string[]) => void;
  onBase: (id: string) => void;
  onBlind: (blind: boolean) => void;
}

function Chosen({ person, project, ids, base, blind, onChoose, onBase, onBlind }: ChosenProps) {
  const asked = useQueries({ queries: ids.map(versionQuery) });
  const here = asked.flatMap(({ data }) => (data && data.project_id === project.id ? [data] : []));
  const failed = asked.find(({ error }) => error && ![404, 422].includes(asProblem(error).status));
  const [first] = here;
  const voices = useQuery(voicesQuery);
  if (failed) return <Failure screen title={asProblem(failed.error).title} detail={asProblem(failed.error).message} onRetry={() => void failed.refetch()} />;
  if (asked.some(({ isPending }) => isPending)) return <Skeleton lines={12} label="Loading the versions" />;
  const missing = ids.length - here.length;
  return (
    <>
      {first && !blind && <Back project={project.key} version={first} />}
      {missing > 0 && (
        <Note tone="warn" live action={here.length > 1 && <Button size="small" onClick={() => onChoose(here.map(({ id }) => id))}>Leave out</Button>}>
          {missing === 1 ? 'One of the versions is not there' : `${missing} of the versions are not there`}. It may be in a project you are no member of.
        </Note>
      )}
      {here.length > 1 ? (
        <Compare
          project={project}
          versions={here}
          base={base}
          onBase={onBase}
          blind={blind}
          onBlind={onBlind}
          voices={voices.data ?? []}
          onChoose={onChoose}
          renderComments={(version, place) => <CompareComments version={version} place={place} />}
          onComment={(version, atMs) => beginComment(person, version.id, version.audio.duration_ms, atMs)}
        />
      ) : (
        <Empty screen title="Choose two versions to compare" action={first ? <Picker project={project} chosen={here} titles={new Map()} onChoose={onChoose} /> : <ToLibrary project={project.key} />}>
          {first ? 'Add another take of the same asset, or of another one.' : 'Select two to four versions of an asset, then press Compare.'}
        </Empty>
      )}
    </>
  );
}

function Back({ project, version }: { project: string; version: Version }) {
  return (
    <nav aria-label="Back">
      <Link to="/projects/$project/assets/$asset" params={{ project, asset: version.asset_id }} search={{ tab: 'versions' }}>
        ← All versions of the asset
      </Link>
    </nav>
  );
}

function ToLibrary({ project }: { project: string }) {
  return (
    <Link to="/projects/$project" params={{ project }}>
      Go to the library
    </Link>
  );
}
