/** The policy of a project: what a review needs, what is kept and for how long, then as a matrix what can be done, by whom, and what an API key needs for it. */
import { useQuery } from '@tanstack/react-query';
import { asProblem } from '../../api/client.ts';
import type { May, Project, Role } from '../../api/types.ts';
import { Tag } from '../../ui/badge.tsx';
import { plain } from '../../ui/format.ts';
import { PageTitle } from '../../ui/pageTitle.tsx';
import { Failure, Skeleton } from '../../ui/state.tsx';
import styles from './policy.module.css';
import { policyQuery } from './queries.ts';
import { Retention } from './retention.tsx';
import { Review } from './review.tsx';
import { Storage } from './storage.tsx';

export function Policy({ project }: { project: Project }) {
  const policy = useQuery(policyQuery(project.id));
  return (
    <>
      <header className={styles.head}>
        <PageTitle>Policy</PageTitle>
      </header>
      {policy.data && (
        <>
          <Review project={project.id} policy={policy.data} />
          <Retention project={project.id} projectKey={project.key} policy={policy.data} />
          <Storage project={project.id} />
        </>
      )}
      <p className={styles.lead}>
        Who may do what in {project.name}. Somebody with several roles may do what any of them allows. You are {project.roles.join(', ')} here.
      </p>
      {policy.isPending && (
        <div className={styles.loading}>
          <Skeleton lines={9} label="Loading the policy" />
        </div>
      )}
      {policy.isError && <Trouble error={policy.error} onRetry={() => void policy.refetch()} />}
      {policy.data && <Matrix rows={[policy.data.reading, ...policy.data.rules]} mine={project.roles} />}
    </>
  );
}

function Trouble({ error, onRetry }: { error: Error; onRetry: () => void }) {
  const problem = asProblem(error);
  return <Failure title={problem.title} detail={problem.message} onRetry={onRetry} />;
}

function Matrix({ rows, mine }: { rows: readonly May[]; mine: readonly Role[] }) {
  const roles = [...new Set(rows.flatMap((row) => row.roles))];
  return (
    <div className={styles.frame}>
      <table className={styles.matrix}>
        <caption className={styles.hidden}>Actions by role</caption>
        <thead>
          <tr>
            <th scope="col">Action</th>
            <th scope="col" className={styles.turned}>
              <span>You</span>
            </th>
            {roles.map((role) => (
              <th key={role} scope="col" className={styles.turned} data-mine={mine.includes(role) || undefined}>
                <span>{plain(role)}</span>
              </th>
            ))}
            <th scope="col" data-narrow="hide">
              API key needs
            </th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.title}>
              <th scope="row">
                {row.title}
                <span className={styles.brief}>{row.scopes.length > 0 ? `Key: ${row.scopes.join(' or ')}` : 'No key'}</span>
              </th>
              <Mark may={row.allowed} mine />
              {roles.map((role) => (
                <Mark key={role} may={row.roles.includes(role)} mine={mine.includes(role)} />
              ))}
              <td data-narrow="hide">
                <Scopes of={row} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Mark({ may, mine }: { may: boolean; mine: boolean }) {
  return (
    <td className={styles.mark} data-may={may || undefined} data-mine={mine || undefined}>
      <span className={styles.hidden}>{may ? 'yes' : 'no'}</span>
    </td>
  );
}

function Scopes({ of: { scopes } }: { of: May }) {
  if (scopes.length === 0) return <span className={styles.none}>no key may</span>;
  return (
    <span className={styles.scopes}>
      {scopes.map((scope, place) => (
        <span key={scope}>
          {place > 0 && 'or '}
          <Tag>{scope}</Tag>
        </span>
      ))}
    </span>
  );
}
