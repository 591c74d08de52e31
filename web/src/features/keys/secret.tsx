/** The secret of a key that was just made. It leaves the screen only once it is copied, or on purpose. */
import { useState } from 'react';
import type { MadeApiKey } from '../../api/types.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog, DialogFooter } from '../../ui/dialog.tsx';
import { Field } from '../../ui/field.tsx';
import form from '../../ui/form.module.css';
import { Note } from '../../ui/state.tsx';
import styles from './secret.module.css';

export function Secret({ made, onClose }: { made: MadeApiKey; onClose: () => void }) {
  const [copied, setCopied] = useState<'no' | 'yes' | 'failed'>('no');
  const [warned, setWarned] = useState(false);
  const copy = () => {
    navigator.clipboard.writeText(made.secret).then(
      () => setCopied('yes'),
      () => setCopied('failed'),
    );
  };
  const close = () => {
    if (copied === 'yes' || warned) onClose();
    else setWarned(true);
  };
  return (
    <Dialog title={`Key for ${made.name}`} onClose={close} size="wide">
      <div className={form.form}>
        <Note tone="warn" live={warned}>
          {warned
            ? 'Close again to go without it. The key stays in the list, but nobody can use it: revoke it then.'
            : 'Copy it now: it is shown this once, and kept nowhere.'}
        </Note>
        <Field label="API key" hint={copied === 'failed' ? 'The browser does not let us copy: mark it and copy it yourself' : undefined}>
          {(bound) => (
            <div className={styles.row}>
              <input {...bound} readOnly value={made.secret} spellCheck={false} onFocus={(event) => event.currentTarget.select()} />
              <Button variant="primary" onClick={copy}>
                {copied === 'yes' ? 'Copied' : 'Copy'}
              </Button>
            </div>
          )}
        </Field>
        <div>
          <p className={styles.label}>Try it</p>
          <pre className={styles.example}>
            curl -H &quot;Authorization: Bearer $VOICEOPS_KEY&quot; {location.origin}
            {made.scopes.includes('read') ? `/api/v1/projects/${made.project_id}/assets` : '/api/v1/openapi.json'}
          </pre>
        </div>
        <DialogFooter>
          <Button onClick={close}>Done</Button>
        </DialogFooter>
      </div>
    </Dialog>
  );
}
