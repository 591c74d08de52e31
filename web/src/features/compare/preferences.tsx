/** What people said of these versions when they heard them blind. */
import type { PreferencePage, Version } from '../../api/types.ts';
import { Ago } from '../../ui/ago.tsx';
import { shortName } from './names.ts';
import styles from './preferences.module.css';

interface PreferencesProps {
  page: PreferencePage;
  versions: readonly Version[];
  titles: ReadonlyMap<string, string>;
}

export function Preferences({ page, versions, titles }: PreferencesProps) {
  const names = new Map(versions.map((version) => [version.id, shortName(version, titles)]));
  const name = (id: string) => names.get(id) ?? 'another version';
  return (
    <section className={styles.preferences} aria-labelledby="preferences">
      <h2 id="preferences">Heard blind</h2>
      {page.items.length === 0 && <p className={styles.quiet}>Nobody has compared these blind yet.</p>}
      {page.items.length > 0 && (
        <>
          <ul className={styles.counts}>
            {page.counts.map(({ version_id: id, heard, preferred }) => (
              <li key={id}>
                <b>{name(id)}</b> preferred {preferred} of {heard} {heard === 1 ? 'time' : 'times'}
              </li>
            ))}
          </ul>
          <ol className={styles.list}>
            {page.items.map((one) => (
              <li key={one.id}>
                {one.person.name} {one.preferred_id ? `preferred ${name(one.preferred_id)}` : 'heard no difference that matters'} among {among(one.version_ids.map(name))}
                {one.note && <q>{one.note}</q>} <Ago time={one.at} />
              </li>
            ))}
          </ol>
          {page.next_cursor && <p className={styles.quiet}>The newest {page.items.length} are shown; all are counted.</p>}
        </>
      )}
    </section>
  );
}

function among(names: readonly string[]): string {
  return `${names.slice(0, -1).join(', ')} and ${names.at(-1) ?? ''}`;
}
