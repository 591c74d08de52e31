/** One of two or three, all in sight. */
import styles from './switch.module.css';

interface SwitchProps<Value extends string> {
  label: string;
  value: Value;
  options: Record<Value, string>;
  onChange: (value: Value) => void;
}

export function Switch<Value extends string>({ label, value, options, onChange }: SwitchProps<Value>) {
  return (
    <div className={styles.switch} role="group" aria-label={label}>
      {(Object.keys(options) as Value[]).map((one) => (
        <button key={one} type="button" aria-pressed={one === value} onClick={() => onChange(one)}>
          {options[one]}
        </button>
      ))}
    </div>
  );
}
