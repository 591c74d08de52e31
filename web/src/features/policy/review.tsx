/** What a version needs to be approved here: readable by everybody, set by owners. */
import { useState } from 'react';
import { CHECK_NAMES, CHECKS, SEVERITIES } from '../../api/checks.ts';
import { ROLES } from '../../api/roles.ts';
import type { Policy, Severity } from '../../api/types.ts';
import { Button } from '../../ui/button.tsx';
import { Note } from '../../ui/state.tsx';
import { EditReview } from './editReview.tsx';
import styles from './review.module.css';

export function Review({ project, policy }: { project: string; policy: Policy }) {
  const [editing, setEditing] = useState(false);
  return (
    <section className={styles.review} aria-labelledby="review-policy">
      <header>
        <h2 id="review-policy">Review</h2>
        {policy.can.includes('policy.change') && (
          <Button icon="edit" onClick={() => setEditing(true)}>
            Change review
          </Button>
        )}
      </header>
      {policy.unmet && <Note tone="bad">{policy.unmet} Until that changes no version can be approved.</Note>}
      {policy.self_approval && (
        <Note tone="warn">
          Self-approval is on: people may approve a version that they asked for or wrote themselves. Each approval still says who gave it.
        </Note>
      )}
      <dl>
        <Fact name="Approvals">{policy.approvals === 1 ? '1 person has to approve' : `${policy.approvals} different people have to approve`}</Fact>
        <Fact name="Among them">{policy.roles.length > 0 ? among(policy) : 'Anybody who may approve'}</Fact>
        <Fact name="Self-approval">{policy.self_approval ? 'On' : 'Off: nobody approves what they asked for or wrote'}</Fact>
      </dl>
      <h3>Checks</h3>
      <p className={styles.lead}>Every version is examined once it is made. What a finding does is decided here.</p>
      <ul className={styles.checks} aria-label="Checks">
        {CHECK_NAMES.map((check) => (
          <li key={check}>
            <span>
              {CHECKS[check][0]} <small>{CHECKS[check][1]}</small>
            </span>
            <Does severity={policy.checks[check] ?? 'warn'} />
          </li>
        ))}
      </ul>
      {editing && <EditReview project={project} policy={policy} onClose={() => setEditing(false)} />}
    </section>
  );
}

function among({ roles }: Policy): string {
  return roles.map((role) => `at least one ${ROLES[role][0].toLowerCase()}`).join(' and ');
}

function Does({ severity }: { severity: Severity }) {
  const [name, means] = SEVERITIES[severity];
  return (
    <span className={styles.does} data-severity={severity} title={means}>
      {name}
    </span>
  );
}

function Fact({ name, children }: { name: string; children: string }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}
