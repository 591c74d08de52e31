/** The whole record of a version, folded: its words, how it was asked for and spoken, and what it can be recognised by. */
import type { Version } from '../../api/types.ts';
import { languageName } from '../../api/languages.ts';
import { deliveryLabel, deliveryValue } from '../../api/words.ts';
import { at, count } from '../../ui/format.ts';
import styles from './details.module.css';

export function Details({ version, language }: { version: Version; language: string }) {
  const { audio, delivery, applied_delivery: applied, provider_metadata: metadata } = version;
  return (
    <details className={styles.details}>
      <summary>Script, delivery and record</summary>
      <section>
        <h4>
          Script {version.script.number} <span>{languageName(language)}</span>
        </h4>
        <p className={styles.script}>{version.script.text}</p>
      </section>
      <section>
        <h4>Delivery</h4>
        <table>
          <thead>
            <tr>
              <th scope="col">
                <span className={styles.hidden}>Setting</span>
              </th>
              <th scope="col">Asked for</th>
              <th scope="col">Applied</th>
            </tr>
          </thead>
          <tbody>
            {Object.entries(delivery).map(([field, asked]) => (
              <tr key={field}>
                <th scope="row">{deliveryLabel(field)}</th>
                <td>{deliveryValue(field, asked)}</td>
                <td>{field in applied ? deliveryValue(field, applied[field]) : '–'}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </section>
      <section>
        <h4>Record</h4>
        <dl>
          <Fact name="Made">{at(version.created_at)}</Fact>
          <Fact name="Voice">{version.voice}</Fact>
          <Fact name="Master">
            {audio.media_type.replace('audio/', '').toUpperCase()}, {count(audio.sample_rate_hz)} Hz, {count(audio.bytes / 1024)} KiB
          </Fact>
          <Fact name="Longest pause">{count(version.measurements.longest_pause_ms)} ms</Fact>
          {Object.entries(metadata).map(([name, value]) => (
            <Fact key={name} name={name.replaceAll('_', ' ')}>
              {typeof value === 'string' ? value : JSON.stringify(value)}
            </Fact>
          ))}
          <Fact name="Audio SHA-256">
            <code>{audio.sha256}</code>
          </Fact>
          <Fact name="Fingerprint">
            <code>{version.fingerprint}</code>
          </Fact>
        </dl>
      </section>
    </details>
  );
}

function Fact({ name, children }: { name: string; children: React.ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}
