/** Who one is here. What it opens, a native popover, is fetched when it is wanted. */
import { lazy, Suspense, useId, useState } from 'react';
import type { Session } from '../../api/types.ts';
import { plain } from '../../ui/format.ts';
import { Icon } from '../../ui/icons.tsx';
import styles from './personMenu.module.css';

const PersonPanel = lazy(() => import('./personPanel.tsx').then((module) => ({ default: module.PersonPanel })));

interface PersonMenuProps {
  session: Session;
  roles: readonly string[];
  onSignedOut: () => void;
}

export function PersonMenu({ session, roles, onSignedOut }: PersonMenuProps) {
  const id = useId();
  const [wanted, setWanted] = useState(false);
  const { name } = session.person;
  const want = () => setWanted(true);
  return (
    <>
      <button type="button" className={styles.person} popoverTarget={id} onPointerEnter={want} onFocus={want} onClick={want}>
        <span className={styles.initials} aria-hidden="true">
          {initials(name)}
        </span>
        <span className={styles.name}>{name}</span>
        <span className={styles.role}>{roles.map(plain).join(', ')}</span>
        <span className={styles.hidden}>menu</span>
        <Icon name="chevron" />
      </button>
      <div id={id} popover="auto" className={styles.menu}>
        {wanted && (
          <Suspense>
            <PersonPanel session={session} onSignedOut={onSignedOut} />
          </Suspense>
        )}
      </div>
    </>
  );
}

function initials(name: string): string {
  const parts = name.split(/\s+/);
  return `${parts[0]?.charAt(0) ?? ''}${parts.length > 1 ? (parts.at(-1)?.charAt(0) ?? '') : ''}`;
}
