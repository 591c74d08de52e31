/** How long a project keeps what it does not use, and what goes next: readable by everybody, set by owners. */
import { useState } from 'react';
import type { Policy } from '../../api/types.ts';
import { Button } from '../../ui/button.tsx';
import { count } from '../../ui/format.ts';
import { DryRun } from './dryRun.tsx';
import { EditRetention } from './editRetention.tsx';
import styles from './review.module.css';

interface RetentionProps {
  project: string;
  projectKey: string;
  policy: Policy;
}

export function Retention({ project, projectKey, policy }: RetentionProps) {
  const [editing, setEditing] = useState(false);
  const { renditions_days: renditions, archived_audio_days: audio } = policy.retention;
  return (
    <section className={styles.review} aria-labelledby="retention-policy">
      <header>
        <h2 id="retention-policy">Retention</h2>
        {policy.can.includes('policy.change') && (
          <Button icon="edit" onClick={() => setEditing(true)}>
            Change retention
          </Button>
        )}
      </header>
      <p className={styles.lead}>
        Once an hour what is kept no longer is dropped, renditions first. Hash, measurements, waveform, words, captions and the record of a version stay for ever. Audio that was ever live goes only
        when an owner decides so.
      </p>
      <dl>
        <div>
          <dt>Renditions</dt>
          <dd>{kept(renditions, 'without use')}</dd>
        </div>
        <div>
          <dt>Audio of archived versions</dt>
          <dd>{kept(audio, 'in the archive')}</dd>
        </div>
      </dl>
      {(renditions !== null || audio !== null) && <DryRun project={project} projectKey={projectKey} days={{ renditions, audio }} />}
      {editing && <EditRetention project={project} projectKey={projectKey} policy={policy} onClose={() => setEditing(false)} />}
    </section>
  );
}

function kept(days: number | null, how: string): string {
  return days === null ? 'Kept for ever' : `Dropped after ${days === 1 ? 'a day' : `${count(days)} days`} ${how}`;
}
