/** Everybody who can sign in, for who manages the installation. */
import { useInfiniteQuery } from '@tanstack/react-query';
import { useRef, useState } from 'react';
import { asProblem } from '../../api/client.ts';
import type { Account } from '../../api/types.ts';
import { Ago } from '../../ui/ago.tsx';
import { Tag } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { EmailAddress } from '../../ui/emailAddress.tsx';
import { PageTitle } from '../../ui/pageTitle.tsx';
import rows from '../../ui/rows.module.css';
import { Empty, Failure, Skeleton } from '../../ui/state.tsx';
import { EditPerson, LetIn } from './personDialogs.tsx';
import { peopleQuery } from './queries.ts';

const TYPING_MS = 200;

interface PeopleProps {
  words: string;
  onSearch: (words: string) => void;
}

export function People({ words, onSearch }: PeopleProps) {
  const [open, setOpen] = useState<{ does: 'edit' | 'let'; person: Account } | null>(null);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const list = useInfiniteQuery(peopleQuery(words));
  const people = list.data?.pages.flatMap((page) => page.items);
  const close = () => setOpen(null);
  const search = (typed: string) => {
    clearTimeout(timer.current);
    timer.current = setTimeout(() => onSearch(typed.trim()), TYPING_MS);
  };
  return (
    <>
      <header className={rows.head}>
        <PageTitle>People</PageTitle>
        <search className={rows.head}>
          <input
            type="search"
            className={rows.search}
            aria-label="Search people"
            placeholder="Search name or address"
            defaultValue={words}
            onChange={(event) => search(event.target.value)}
          />
        </search>
      </header>
      {list.isPending && (
        <div className={rows.loading}>
          <Skeleton lines={8} label="Loading the people" />
        </div>
      )}
      {list.isError && !people && (
        <Failure title={asProblem(list.error).title} detail={asProblem(list.error).message} onRetry={() => void list.refetch()} />
      )}
      {people?.length === 0 && (
        <div className={rows.rows}>
          <Empty title="Nobody matches" icon="search">
            No name or address here has “{words}” in it.
          </Empty>
        </div>
      )}
      {people && people.length > 0 && (
        <ul className={rows.rows} aria-label="People" aria-busy={list.isPlaceholderData || undefined}>
          {people.map((person) => (
            <Row key={person.id} person={person} onDo={(does) => setOpen({ does, person })} />
          ))}
        </ul>
      )}
      {list.hasNextPage && (
        <Button onClick={() => void list.fetchNextPage()} busy={list.isFetchingNextPage}>
          Load more
        </Button>
      )}
      {open?.does === 'edit' && <EditPerson person={open.person} onClose={close} />}
      {open?.does === 'let' && <LetIn person={open.person} onClose={close} />}
    </>
  );
}

function Row({ person, onDo }: { person: Account; onDo: (does: 'edit' | 'let') => void }) {
  const { name, email, projects } = person;
  const out = person.deactivated_at;
  return (
    <li data-quiet={out ? true : undefined}>
      <span className={rows.what}>
        <strong>
          {name}
          {person.is_you && ' (you)'}
        </strong>
        <small>
          <EmailAddress of={email} />
        </small>
      </span>
      <span className={rows.tags}>
        {person.is_admin && <Tag>Administrator</Tag>}
        {out && <Tag>Deactivated</Tag>}
        <span className={rows.quiet}>
          {projects.length === 0 ? 'In no project' : projects.map((one) => `${one.name}: ${one.roles.join(', ')}`).join(' · ')}
        </span>
      </span>
      <span className={rows.quiet}>{person.last_seen_at ? <Ago time={person.last_seen_at} /> : 'Never seen'}</span>
      <span className={rows.does}>
        {person.can.includes('person.change') && (
          <Button variant="quiet" size="small" aria-label={`Edit ${name}`} onClick={() => onDo('edit')}>
            Edit
          </Button>
        )}
        {(person.can.includes('person.deactivate') || person.can.includes('person.reactivate')) && (
          <Button variant="quiet" size="small" aria-label={`${out ? 'Reactivate' : 'Deactivate'} ${name}`} onClick={() => onDo('let')}>
            {out ? 'Reactivate' : 'Deactivate'}
          </Button>
        )}
      </span>
    </li>
  );
}
