/** The mark: a voice in a square. */
import styles from './logo.module.css';

export function Logo() {
  return (
    <svg className={styles.logo} viewBox="0 0 32 32" aria-hidden="true">
      <rect width="32" height="32" rx="8" />
      <path d="M7 14v4m4.5-8v12M16 6.5v19M20.5 11v10M25 14v4" />
    </svg>
  );
}
