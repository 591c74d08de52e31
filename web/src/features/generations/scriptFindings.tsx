/** Under the script: how long it is, how long it will take, and what is wrong with it. */
import type { ScriptCheck } from '../../api/types.ts';
import { length } from '../../ui/figures.ts';
import { count } from '../../ui/format.ts';
import { Icon } from '../../ui/icons.tsx';
import styles from './scriptFindings.module.css';

/** Until the server has told its own limit. */
const USUAL_MAXIMUM = 20_000;
const NEARLY = 0.9;

interface ScriptFindingsProps {
  id: string;
  characters: number;
  check: ScriptCheck | undefined;
  onSelect: (position: number) => void;
}

export function ScriptFindings({ id, characters, check, onSelect }: ScriptFindingsProps) {
  const maximum = check?.maximum ?? USUAL_MAXIMUM;
  const level = characters > maximum ? 'over' : characters > maximum * NEARLY ? 'near' : undefined;
  return (
    <div className={styles.findings}>
      <p id={id} className={styles.figures}>
        <span data-level={level}>
          {count(characters)} <span className={styles.of}>of {count(maximum)} characters</span>
        </span>
        {check && check.estimated_ms > 0 && <span>about {length(check.estimated_ms)} spoken</span>}
      </p>
      {check && (
        <ul aria-label="Findings about the script" aria-live="polite">
          {check.errors.map((error) => (
            <Finding key={error.message} tone="bad" message={error.message} position={error.position} onSelect={onSelect} />
          ))}
          {check.warnings.map((warning) => (
            <Finding key={warning.message} tone="warn" message={warning.message} position={warning.position} onSelect={onSelect} />
          ))}
        </ul>
      )}
    </div>
  );
}

interface FindingProps {
  tone: 'warn' | 'bad';
  message: string;
  position: number | null;
  onSelect: (position: number) => void;
}

function Finding({ tone, message, position, onSelect }: FindingProps) {
  return (
    <li data-tone={tone}>
      <Icon name="warning" />
      <span className={styles.hidden}>{tone === 'bad' ? 'Error: ' : 'Warning: '}</span>
      {position === null ? (
        <span>{message}</span>
      ) : (
        <button type="button" title="Select it in the script" onClick={() => onSelect(position)}>
          {message}
        </button>
      )}
    </li>
  );
}
