/** The rounds of judging a version: the open one, and what came of those before. */
import { useInfiniteQuery } from '@tanstack/react-query';
import { asProblem } from '../../api/client.ts';
import type { Review, Version } from '../../api/types.ts';
import { Ago } from '../../ui/ago.tsx';
import { Button } from '../../ui/button.tsx';
import { Note, Skeleton } from '../../ui/state.tsx';
import { Decisions, Own, Reviewers, Wanted } from './decisions.tsx';
import { Due } from './due.tsx';
import { OUTCOMES } from './outcomes.ts';
import { roundsQuery } from './queries.ts';
import styles from './rounds.module.css';

export function Rounds({ version }: { version: Version }) {
  const list = useInfiniteQuery(roundsQuery(version.id));
  const rounds = list.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <section className={styles.rounds} aria-label={`Review of version ${version.number}`}>
      <h4>Review</h4>
      {list.isPending && <Skeleton lines={3} label="Loading the reviews" />}
      {list.isError && (
        <Note tone="bad" action={<Button size="small" onClick={() => void list.refetch()}>Try again</Button>}>
          The reviews could not be loaded. {asProblem(list.error).message}
        </Note>
      )}
      {list.isSuccess && rounds.length === 0 && (
        <p className={styles.quiet}>
          {version.can.includes('version.submit') ? 'Nobody has been asked yet. Submit it for review when it is ready.' : 'Nobody has been asked for a review yet.'}
        </p>
      )}
      {rounds.map((round) => (
        <Round key={round.id} round={round} />
      ))}
      {list.hasNextPage && (
        <Button size="small" onClick={() => void list.fetchNextPage()} busy={list.isFetchingNextPage}>
          Show earlier rounds
        </Button>
      )}
    </section>
  );
}

function Round({ round }: { round: Review }) {
  const open = round.state === 'open';
  return (
    <article className={styles.round} data-open={open || undefined} aria-label={open ? 'Open round' : 'Earlier round'}>
      <p className={styles.facts}>
        <strong>{round.outcome ? OUTCOMES[round.outcome] : 'Open'}</strong>
        {round.closed_at && <Ago time={round.closed_at} />}
        <span>
          Asked by {round.requested_by.name} <Ago time={round.created_at} />
        </span>
        {round.due_at && <Due time={round.due_at} open={open} />}
        <Reviewers reviewers={round.reviewers} />
        {round.wanted && <Wanted wanted={round.wanted} />}
      </p>
      {open && <Own selfApproval={round.self_approval} barred={round.barred} />}
      {round.reason && <p>{round.reason}</p>}
      {round.decisions.length > 0 ? <Decisions decisions={round.decisions} /> : <p className={styles.quiet}>{open ? 'No decision yet.' : 'Nobody had decided.'}</p>}
    </article>
  );
}
