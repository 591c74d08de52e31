/** Under the script: how long it is, how long it will take, and what is wrong with it. */
import type { ScriptCheck } from '../../api/types.ts';
import { length } from '../../ui/figures.ts';
import { count } from '../../ui/format.ts';
import { Icon } from '../../ui/icons.tsx';
import { codePoints, placeOf } from './markup.ts';
import styles from './scriptFindings.module.css';

/** Until the server has told its own limit. */
const USUAL_MAXIMUM = 20_000;
const NEARLY = 0.9;

interface ScriptFindingsProps {
  id: string;
  text: string;
  check: ScriptCheck | undefined;
  onSelect: (position: number) => void;
}

export function ScriptFindings({ id, text, check, onSelect }: ScriptFindingsProps) {
  const characters = codePoints(text);
  const maximum = check?.maximum ?? USUAL_MAXIMUM;
  const level = characters > maximum ? 'over' : characters > maximum * NEARLY ? 'near' : undefined;
  // The length is told by the counter, at once; what the server says of it would only be the same again, and later.
  const errors = check?.errors.filter((error) => level !== 'over' || error.position !== null) ?? [];
  return (
    <div className={styles.findings} data-level={level}>
      <p id={id} className={styles.figures}>
        <span>
          {count(characters)} <span className={styles.of}>of {count(maximum)} characters</span>
        </span>
        <span role="status">{level === 'over' && `${count(characters - maximum)} too many`}</span>
        {level !== 'over' && check && check.estimated_ms > 0 && <span>about {length(check.estimated_ms)} spoken</span>}
      </p>
      {check && (
        <ul aria-label="Findings about the script" aria-live="polite">
          {errors.map((error) => (
            <Finding key={error.message} tone="bad" text={text} {...error} onSelect={onSelect} />
          ))}
          {check.warnings.map((warning) => (
            <Finding key={warning.message} tone="warn" text={text} {...warning} onSelect={onSelect} />
          ))}
        </ul>
      )}
    </div>
  );
}

interface FindingProps {
  tone: 'warn' | 'bad';
  text: string;
  message: string;
  position: number | null;
  onSelect: (position: number) => void;
}

function Finding({ tone, text, message, position, onSelect }: FindingProps) {
  return (
    <li data-tone={tone}>
      <Icon name="warning" />
      <span className={styles.hidden}>{tone === 'bad' ? 'Error: ' : 'Warning: '}</span>
      {position === null ? (
        <span>{message}</span>
      ) : (
        <button type="button" title="Select it in the script" onClick={() => onSelect(position)}>
          {message} <span className={styles.place}>{placeOf(text, position)}</span>
        </button>
      )}
    </li>
  );
}
