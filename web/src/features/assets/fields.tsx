/** The fields that a new and a changed asset share. */
import { useId } from 'react';
import { languageName } from '../../api/languages.ts';
import { Field } from '../../ui/field.tsx';

const LANGUAGES = ['en-US', 'en-GB', 'en-AU', 'de-DE', 'es-ES', 'fr-FR', 'it-IT', 'ja-JP', 'nl-NL', 'pt-BR'];

export function LanguageField({ value, error }: { value: string; error: string | undefined }) {
  const id = useId();
  return (
    <Field label="Language" hint="A BCP 47 tag, such as en-US" error={error}>
      {(bound) => (
        <>
          <input {...bound} name="language" list={id} defaultValue={value} autoComplete="off" spellCheck={false} />
          <datalist id={id}>
            {LANGUAGES.map((tag) => (
              <option key={tag} value={tag}>
                {languageName(tag)}
              </option>
            ))}
          </datalist>
        </>
      )}
    </Field>
  );
}

export function TagsField({ value, error }: { value: readonly string[]; error: string | undefined }) {
  return (
    <Field label="Tags" optional hint="Separated by commas" error={error}>
      {(bound) => <input {...bound} name="tags" placeholder="support, phone" defaultValue={value.join(', ')} autoComplete="off" />}
    </Field>
  );
}

export function splitTags(text: string): string[] {
  return [...new Set(text.split(',').map((tag) => tag.trim()))].filter(Boolean);
}
