/** Whose requests, and which providers, this month's use came from. */
import type { Limits } from '../../api/types.ts';
import { money } from '../../ui/figures.ts';
import { count } from '../../ui/format.ts';
import panel from '../../ui/panel.module.css';
import styles from './limits.module.css';

interface Share {
  name: string;
  characters: number;
  micros: number;
}

export function Shares({ limits: { people, providers, money: spent } }: { limits: Limits }) {
  const priced = spent.used_micros > 0;
  return (
    <section className={panel.panel} aria-label="Used by">
      <h2>Used by</h2>
      {people.length === 0 ? (
        <p>Nobody has used anything this month.</p>
      ) : (
        <>
          <Table
            head="Member"
            shares={people.map((one) => ({ name: one.person.name, characters: one.characters, micros: one.money_micros }))}
            currency={priced ? spent.currency : null}
          />
          <Table
            head="Provider"
            shares={providers.map((one) => ({ name: one.provider, characters: one.characters, micros: one.money_micros }))}
            currency={priced ? spent.currency : null}
          />
        </>
      )}
    </section>
  );
}

function Table({ head, shares, currency }: { head: string; shares: readonly Share[]; currency: string | null }) {
  return (
    <table className={styles.shares}>
      <thead>
        <tr>
          <th scope="col">{head}</th>
          <th scope="col">Characters</th>
          {currency && <th scope="col">Money</th>}
        </tr>
      </thead>
      <tbody>
        {shares.map(({ name, characters, micros }) => (
          <tr key={name}>
            <th scope="row">{name}</th>
            <td>{count(characters)}</td>
            {currency && <td>{money(micros, currency)}</td>}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
