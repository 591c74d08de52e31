/** Who one is here, the theme, and the way out. A native popover. */
import { useId } from 'react';
import type { Session } from '../../api/types.ts';
import { Button } from '../../ui/button.tsx';
import { plain } from '../../ui/format.ts';
import { Icon } from '../../ui/icons.tsx';
import { setTheme, useTheme, type Theme } from '../../ui/theme.ts';
import { toast } from '../../ui/toast.tsx';
import { useSignOut } from './queries.ts';
import styles from './personMenu.module.css';

const THEMES: readonly Theme[] = ['system', 'light', 'dark'];
const ICONS = { system: 'system', light: 'sun', dark: 'moon' } as const;

interface PersonMenuProps {
  session: Session;
  roles: readonly string[];
  onSignedOut: () => void;
}

export function PersonMenu({ session, roles, onSignedOut }: PersonMenuProps) {
  const id = useId();
  const theme = useTheme();
  const signOut = useSignOut();
  const { name, email } = session.person;
  const leave = () =>
    signOut.mutate(undefined, { onSuccess: onSignedOut, onError: (error) => toast(`Not signed out: ${error.message}`, 'bad') });
  return (
    <>
      <button type="button" className={styles.person} popoverTarget={id}>
        <span className={styles.initials} aria-hidden="true">
          {initials(name)}
        </span>
        <span className={styles.name}>{name}</span>
        <span className={styles.role}>{roles.map(plain).join(', ')}</span>
        <span className={styles.hidden}>menu</span>
        <Icon name="chevron" />
      </button>
      <div id={id} popover="auto" className={styles.menu}>
        <p>
          <strong>{name}</strong>
          <br />
          <span>{email}</span>
        </p>
        <fieldset className={styles.themes}>
          <legend>Theme</legend>
          <div>
            {THEMES.map((one) => (
              <label key={one}>
                <input type="radio" name="theme" checked={theme === one} onChange={() => setTheme(one)} />
                <Icon name={ICONS[one]} />
                {plain(one)}
              </label>
            ))}
          </div>
        </fieldset>
        <Button onClick={leave} busy={signOut.isPending}>
          Sign out
        </Button>
      </div>
    </>
  );
}

function initials(name: string): string {
  const parts = name.split(/\s+/);
  return `${parts[0]?.charAt(0) ?? ''}${parts.length > 1 ? (parts.at(-1)?.charAt(0) ?? '') : ''}`;
}
