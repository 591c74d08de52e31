/** What stands in the person's menu: the address, the theme, and the way out. */
import { Link } from '@tanstack/react-router';
import type { Session } from '../../api/types.ts';
import { Button } from '../../ui/button.tsx';
import { plain } from '../../ui/format.ts';
import { Icon } from '../../ui/icons.tsx';
import { setTheme, useTheme, type Theme } from '../../ui/theme.ts';
import { toast } from '../../ui/toast.tsx';
import { useSignOut } from './mutations.ts';
import styles from './personPanel.module.css';

const THEMES: readonly Theme[] = ['system', 'light', 'dark'];
const ICONS = { system: 'system', light: 'sun', dark: 'moon' } as const;

export function PersonPanel({ session, onSignedOut }: { session: Session; onSignedOut: () => void }) {
  const theme = useTheme();
  const signOut = useSignOut();
  const { name, email } = session.person;
  const leave = () =>
    signOut.mutate(undefined, { onSuccess: onSignedOut, onError: (error) => toast(`You may still be signed in. ${error.message}`, 'bad') });
  return (
    <div className={styles.panel}>
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
      <Link to="/account" onClick={(event) => event.currentTarget.closest<HTMLElement>('[popover]')?.hidePopover()}>
        Password and sessions
      </Link>
      <Button onClick={leave} busy={signOut.isPending}>
        Sign out
      </Button>
    </div>
  );
}
