/** What was decided in a round, by whom, when and why; and what is still wanted. */
import { ROLES } from '../../api/roles.ts';
import type { Decision, Review } from '../../api/types.ts';
import { Ago } from '../../ui/ago.tsx';
import { Icon } from '../../ui/icons.tsx';
import { Note } from '../../ui/state.tsx';
import styles from './decisions.module.css';

export function Decisions({ decisions }: { decisions: readonly Decision[] }) {
  return (
    <ul className={styles.decisions} aria-label="Decisions">
      {decisions.map(({ id, person, key, verdict, reason, at, heard, lapsed }) => (
        <li key={id} data-verdict={verdict} data-lapsed={lapsed || undefined}>
          <Icon name={verdict === 'approve' ? 'check' : 'retry'} />
          <div>
            <p>
              <strong>{person.name}</strong>
              {key && `, by the key ${key.name},`} {verdict === 'approve' ? 'approved' : 'requested changes'}
              {lapsed && <em> (lapsed)</em>} · <Ago time={at} />
              {!key && <> · {heard === null ? 'how much was heard is not told' : `heard ${Math.floor(heard * 100)} %`}</>}
            </p>
            <p className={styles.why}>{reason}</p>
          </div>
        </li>
      ))}
    </ul>
  );
}

/** `2 more approvals wanted, among them of a publisher`. */
export function Wanted({ wanted }: { wanted: NonNullable<Review['wanted']> }) {
  const { approvals, roles } = wanted;
  const among = roles.map((role) => ROLES[role][0].toLowerCase()).join(' and of a ');
  return (
    <span>
      {approvals === 1 ? '1 more approval wanted' : `${approvals} more approvals wanted`}
      {among && `, among them of a ${among}`}
    </span>
  );
}

/** Whether makers approve their own here, told to everybody; and to who made this one, why there is no button. */
export function Own({ selfApproval, barred }: { selfApproval: boolean; barred: string | null }) {
  if (selfApproval) return <Note tone="warn">This project lets makers approve their own takes.</Note>;
  return barred ? <Note tone="info">{barred}</Note> : null;
}

/** Those who were asked by name. */
export function Reviewers({ reviewers }: Pick<Review, 'reviewers'>) {
  if (reviewers.length === 0) return <span>Asked of everybody who may decide</span>;
  const alone = reviewers.every((reviewer) => !reviewer.may_approve);
  return (
    <span>
      Asked of {reviewers.map((reviewer) => `${reviewer.person.name}${note(reviewer)}`).join(', ')}
      {alone && ', and so of everybody who may decide'}
    </span>
  );
}

function note({ verdict, may_approve: able }: Review['reviewers'][number]): string {
  if (verdict) return ' (decided)';
  return able ? '' : ' (may not approve any more)';
}
