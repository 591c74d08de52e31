/** Says which take is best; only then one learns which it was. */
import { useState } from 'react';
import type { Preference, Version } from '../../api/types.ts';
import { asProblem } from '../../api/client.ts';
import { Button } from '../../ui/button.tsx';
import { Field } from '../../ui/field.tsx';
import { Note } from '../../ui/state.tsx';
import styles from './blind.module.css';
import { usePrefer } from './mutations.ts';
import { LETTERS } from './names.ts';

interface BlindFormProps {
  project: string;
  order: readonly Version[];
  /** The letters of those that were not played yet: nothing is recorded before. */
  unheard: readonly string[];
  onPreferred: (preference: Preference) => void;
}

const NONE = -1;

export function BlindForm({ project, order, unheard, onPreferred }: BlindFormProps) {
  const [best, setBest] = useState<number | null>(null);
  const [note, setNote] = useState('');
  const preference = usePrefer(project, onPreferred);
  const choices = [...order.map((_, take) => ({ take, label: LETTERS[take] ?? '' })), { take: NONE, label: 'No difference that matters' }];
  return (
    <form
      className={styles.form}
      onSubmit={(event) => {
        event.preventDefault();
        if (best === null) return;
        preference.prefer({
          version_ids: order.map((version) => version.id),
          preferred_id: order[best]?.id ?? null,
          ...(note.trim() !== '' && { note: note.trim() }),
        });
      }}
    >
      <fieldset>
        <legend>The best is</legend>
        <div className={styles.choices}>
          {choices.map(({ take, label }) => (
            <label key={take}>
              <input type="radio" name="best" checked={best === take} onChange={() => setBest(take)} />
              {label}
            </label>
          ))}
        </div>
      </fieldset>
      <Field label="Why" optional error={preference.error ? asProblem(preference.error).field('note') : undefined}>
        {(bound) => <input {...bound} value={note} maxLength={500} onChange={(event) => setNote(event.target.value)} />}
      </Field>
      {preference.error && (
        <Note tone="bad" live>
          It was not recorded. {asProblem(preference.error).message}
        </Note>
      )}
      {unheard.length > 0 && <p className={styles.hint}>Listen to {unheard.join(' and ')} first.</p>}
      <Button variant="primary" type="submit" busy={preference.isPending} disabled={best === null || unheard.length > 0}>
        Record and show which is which
      </Button>
    </form>
  );
}
