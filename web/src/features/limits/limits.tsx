/** The screen of a project's limits: what is gone of each budget, who took it, and how fast and how much at once. */
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { asProblem } from '../../api/client.ts';
import type { Limits as Figures, Project } from '../../api/types.ts';
import { Button } from '../../ui/button.tsx';
import { money, utcDay } from '../../ui/figures.ts';
import { count } from '../../ui/format.ts';
import { PageTitle } from '../../ui/pageTitle.tsx';
import panel from '../../ui/panel.module.css';
import { Failure, Skeleton } from '../../ui/state.tsx';
import { Budget } from './budget.tsx';
import { EditLimits } from './editLimits.tsx';
import styles from './limits.module.css';
import { limitsQuery } from './queries.ts';
import { Shares } from './shares.tsx';

export function Limits({ project }: { project: Project }) {
  const limits = useQuery(limitsQuery(project.id));
  const [editing, setEditing] = useState(false);
  if (limits.isPending) return <Skeleton lines={9} label="Loading the limits" />;
  if (!limits.data) {
    const problem = asProblem(limits.error);
    return <Failure screen title={problem.title} detail={problem.message} onRetry={() => void limits.refetch()} />;
  }
  const may = limits.data.can.includes('limit.change');
  return (
    <div className={styles.screen}>
      <header className={styles.head}>
        <PageTitle>Limits</PageTitle>
        <p>
          What {project.name} may generate. Budgets begin anew on {utcDay(limits.data.characters.resets_at)} (UTC).
          {!may && ' Owners of the project set them.'}
        </p>
        {may && (
          <Button icon="edit" onClick={() => setEditing(true)}>
            Change limits
          </Button>
        )}
      </header>
      <Budgets limits={limits.data} />
      <div className={styles.columns}>
        <Rules limits={limits.data} />
        <Shares limits={limits.data} />
      </div>
      {editing && <EditLimits project={project.id} limits={limits.data} onClose={() => setEditing(false)} />}
    </div>
  );
}

function Budgets({ limits }: { limits: Figures }) {
  const { characters, money: spent, month, usage } = limits;
  const priced = spent.limit_micros !== null || spent.used_micros + spent.reserved_micros > 0;
  return (
    <div className={styles.columns}>
      <Budget
        title="Characters this month"
        what="characters"
        month={month}
        usage={usage.map((one) => ({ day: one.day, used: one.characters }))}
        used={characters.used}
        reserved={characters.reserved}
        limit={characters.limit}
        resets={characters.resets_at}
        words={count}
      />
      {priced && (
        <Budget
          title="Money this month"
          what="money"
          month={month}
          usage={usage.map((one) => ({ day: one.day, used: one.money_micros }))}
          used={spent.used_micros}
          reserved={spent.reserved_micros}
          limit={spent.limit_micros}
          resets={spent.resets_at}
          words={(value) => money(value, spent.currency)}
        />
      )}
    </div>
  );
}

function Rules({ limits: { generations, concurrency } }: { limits: Figures }) {
  const { person, project } = generations;
  return (
    <section className={panel.panel} aria-label="How fast">
      <h2>How fast</h2>
      <dl className={styles.rules}>
        <div>
          <dt>Each member</dt>
          <dd>{rate(person)}</dd>
          <dd>You can ask for {count(person.remaining)} right now.</dd>
        </div>
        <div>
          <dt>All members together</dt>
          <dd>{rate(project)}</dd>
          <dd>{count(project.remaining)} can be asked for right now.</dd>
        </div>
        <div>
          <dt>At once</dt>
          <dd>{concurrency.limit === 1 ? '1 generation runs' : `${count(concurrency.limit)} generations run`} at once; the rest waits its turn.</dd>
          <dd>
            {count(concurrency.running)} running, {count(concurrency.waiting)} waiting.
          </dd>
        </div>
      </dl>
    </section>
  );
}

function rate({ per_minute: perMinute, burst }: Figures['generations']['person']): string {
  return `${count(perMinute)} ${perMinute === 1 ? 'generation' : 'generations'} a minute, ${count(burst)} at once after a rest`;
}
