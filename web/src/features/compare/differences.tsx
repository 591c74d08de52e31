/** What one version has otherwise than the one it is compared with: its words, and where it comes from. */
import { useQuery } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import { asProblem } from '../../api/client.ts';
import type { Comparison, Version } from '../../api/types.ts';
import { Button } from '../../ui/button.tsx';
import { Failure, Skeleton } from '../../ui/state.tsx';
import styles from './differences.module.css';
import { Lineage } from './lineage.tsx';
import { shortened, visible } from './pieces.ts';
import { compareQuery } from './queries.ts';

interface DifferencesProps {
  base: Version;
  version: Version;
  baseName: string;
  name: string;
}

export function Differences({ base, version, baseName, name }: DifferencesProps) {
  const { data, error, isError, refetch } = useQuery(compareQuery(base.id, version.id));
  return (
    <section className={styles.differences} aria-label={`${name} against ${baseName}`}>
      <h3>
        {name} <span>against {baseName}</span>
      </h3>
      {!data && !isError && <Skeleton lines={3} label={`Comparing ${name}`} />}
      {!data && isError && <Failure title={asProblem(error).title} detail={asProblem(error).message} onRetry={() => void refetch()} />}
      {data && (
        <>
          {!data.same_asset && (
            <p className={styles.quiet}>
              Of another asset: <b>{data.right.asset.title}</b>, not {data.left.asset.title}.
            </p>
          )}
          <Script script={data.script} />
          <Lineage lineage={data.lineage} left={data.left} right={data.right} />
        </>
      )}
    </section>
  );
}

function Script({ script }: { script: Comparison['script'] }) {
  const [whole, setWhole] = useState(false);
  const short = useMemo(() => shortened(script.pieces), [script]);
  if (script.same) return <p className={styles.quiet}>The same words.</p>;
  const pieces = whole ? script.pieces.map(visible) : short;
  return (
    <>
      <p className={styles.script}>
        {pieces.map((piece, index) => {
          if (piece.kind === 'removed') return <del key={index}>{piece.text}</del>;
          if (piece.kind === 'added') return <ins key={index}>{piece.text}</ins>;
          return (
            <span key={index} className={piece.kind === 'skipped' ? styles.skipped : undefined}>
              {piece.kind === 'skipped' ? ' … ' : piece.text}
            </span>
          );
        })}
      </p>
      <p className={styles.quiet}>
        {counted(script.removed_words, 'gone')}, {counted(script.added_words, 'new')}, {script.same_words} kept.{' '}
        {(whole || short.some(({ kind }) => kind === 'skipped')) && (
          <Button variant="quiet" size="small" aria-pressed={whole} onClick={() => setWhole(!whole)}>
            Whole script
          </Button>
        )}
      </p>
    </>
  );
}

function counted(words: number, what: string): string {
  return `${words} ${words === 1 ? 'word' : 'words'} ${what}`;
}
