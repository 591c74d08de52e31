/** Which version was made from which, and what was said on the way. */
import type { Comparison } from '../../api/types.ts';
import { Ago } from '../../ui/ago.tsx';
import styles from './lineage.module.css';

type Steps = Comparison['lineage']['left'];

export function Lineage({ lineage, left, right }: Pick<Comparison, 'lineage' | 'left' | 'right'>) {
  const { relation, ancestor } = lineage;
  if (!ancestor) return <p className={styles.told}>Neither was made from the other.</p>;
  if (relation === 'same') return <p className={styles.told}>It is one and the same version.</p>;
  return (
    <div className={styles.lineage}>
      <p className={styles.told}>
        {relation === 'ancestor' && `Made from version ${left.number}${over(lineage.right_steps)}.`}
        {relation === 'descendant' && `Version ${left.number} was made from it${over(lineage.left_steps)}.`}
        {relation === 'related' && `Both were made from version ${ancestor.number}.`}
      </p>
      {lineage.left.length > 0 && <Way steps={lineage.left} all={lineage.left_steps} label={`From version ${ancestor.number} to version ${left.number}`} />}
      {lineage.right.length > 0 && <Way steps={lineage.right} all={lineage.right_steps} label={`From version ${ancestor.number} to version ${right.number}`} />}
    </div>
  );
}

function over(steps: number): string {
  return steps === 1 ? '' : `, over ${steps} steps`;
}

function Way({ steps, all, label }: { steps: Steps; all: number; label: string }) {
  return (
    <ol className={styles.way} aria-label={label}>
      {all > steps.length && <li>… {all - steps.length} steps before</li>}
      {steps.map((step) => (
        <li key={step.id}>
          <b>v{step.number}</b> {step.reason ?? 'no reason given'}
          {step.script_note && step.script_note !== step.reason && (
            <>
              {' '}
              · script {step.script_number}: {step.script_note}
            </>
          )}{' '}
          <small>
            {step.created_by.name}, <Ago time={step.created_at} />
          </small>
        </li>
      ))}
    </ol>
  );
}
