/** Where one is signed in, and the way to end that. */
import { useQuery } from '@tanstack/react-query';
import { asProblem } from '../../api/client.ts';
import { Ago } from '../../ui/ago.tsx';
import { Tag } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import rows from '../../ui/rows.module.css';
import { Failure, Skeleton } from '../../ui/state.tsx';
import { toast } from '../../ui/toast.tsx';
import styles from './account.module.css';
import { browsersQuery, useEndBrowser } from './accountQueries.ts';
import { browserName } from './browserName.ts';

export function Browsers() {
  const browsers = useQuery(browsersQuery);
  const end = useEndBrowser();
  const sign = (id: string, name: string) =>
    end.mutate(id, {
      onSuccess: () => toast(`${name} is signed out`),
      onError: (error) => toast(`Not signed out: ${error.message}`, 'bad'),
    });
  return (
    <section aria-labelledby="sessions" className={styles.part}>
      <h2 id="sessions">Where you are signed in</h2>
      {browsers.isPending && <Skeleton lines={3} label="Loading your sessions" />}
      {browsers.isError && !browsers.data && (
        <Failure
          title={asProblem(browsers.error).title}
          detail={asProblem(browsers.error).message}
          onRetry={() => void browsers.refetch()}
        />
      )}
      {browsers.data && (
        <ul className={rows.rows} aria-labelledby="sessions">
          {browsers.data.map(({ id, user_agent: agent, address, last_seen_at: seen, created_at: since, is_this: here }) => (
            <li key={id}>
              <span className={rows.what}>
                <strong>{browserName(agent)}</strong>
                <small>{address ?? 'Address not known'}</small>
              </span>
              <span className={rows.quiet}>
                Signed in <Ago time={since} />
              </span>
              <span className={rows.quiet}>{here ? 'In use now' : <Ago time={seen} />}</span>
              <span className={rows.does}>
                {here ? (
                  <Tag>This browser</Tag>
                ) : (
                  <Button
                    variant="quiet"
                    size="small"
                    aria-label={`Sign out ${browserName(agent)}`}
                    busy={end.isPending && end.variables === id}
                    onClick={() => sign(id, browserName(agent))}
                  >
                    Sign out
                  </Button>
                )}
              </span>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}
