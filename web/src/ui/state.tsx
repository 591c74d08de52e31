/** What a screen shows when it has nothing to show: empty, broken, or still on its way. */
import type { ReactNode } from 'react';
import { Button } from './button.tsx';
import { Icon, type IconName } from './icons.tsx';
import { PageTitle } from './pageTitle.tsx';
import styles from './state.module.css';

interface EmptyProps {
  title: string;
  icon?: IconName;
  /** It is the whole screen, so its title is the screen's. */
  screen?: boolean;
  children?: ReactNode;
  action?: ReactNode;
}

export function Empty({ title, icon = 'empty', screen, children, action }: EmptyProps) {
  return (
    <div className={styles.state}>
      <span className={styles.mark}>
        <Icon name={icon} />
      </span>
      <Title screen={screen}>{title}</Title>
      {children && <div className={styles.text}>{children}</div>}
      {action}
    </div>
  );
}

interface FailureProps {
  title: string;
  detail: string;
  screen?: boolean;
  onRetry?: (() => void) | undefined;
  action?: ReactNode;
}

/** What happened, what was kept (in `detail`), and what to do. */
export function Failure({ title, detail, screen, onRetry, action }: FailureProps) {
  return (
    <div className={styles.state} role="alert">
      <span className={styles.mark} data-tone="bad">
        <Icon name="warning" />
      </span>
      <Title screen={screen}>{title}</Title>
      <p className={styles.text}>{detail}</p>
      {onRetry && (
        <Button icon="retry" onClick={onRetry}>
          Try again
        </Button>
      )}
      {action}
    </div>
  );
}

function Title({ screen, children }: { screen: boolean | undefined; children: string }) {
  return screen ? <PageTitle>{children}</PageTitle> : <h2>{children}</h2>;
}

/** Grey bars in the place of text that is being fetched. */
export function Skeleton({ lines = 1, label = 'Loading' }: { lines?: number; label?: string }) {
  return (
    <div className={styles.skeleton} role="status" aria-label={label}>
      {Array.from({ length: lines }, (_, line) => (
        <span key={line} data-short={line % 3 === 2 || undefined} />
      ))}
    </div>
  );
}

interface NoteProps {
  tone: 'info' | 'warn' | 'bad';
  children: ReactNode;
  action?: ReactNode;
  /** Read out at once when it appears. */
  live?: boolean;
}

/** A line of explanation inside a page. */
export function Note({ tone, children, action, live }: NoteProps) {
  return (
    <div className={styles.note} data-tone={tone} role={live ? 'alert' : undefined}>
      {tone !== 'info' && <Icon name="warning" />}
      <div>{children}</div>
      {action}
    </div>
  );
}
