/** The composer as the asset's page holds it, and what the server answers it. */
import type { Asset, Version, Voice } from '../src/api/types.ts';
import { Composer } from '../src/features/generations/composer.tsx';
import { startFrom } from '../src/features/generations/draft.ts';
import { Toasts } from '../src/ui/toast.tsx';
import { asset, generation, voice } from './made.ts';

export const CHECK = { characters: 29, spoken_characters: 29, maximum: 20_000, estimated_ms: 2400, warnings: [], errors: [] };
export const ROUTES = {
  'POST /api/v1/assets/a-1/scripts/check': CHECK,
  'POST /api/v1/assets/a-1/generations': generation({ status: 'queued' }),
  'POST /api/v1/assets/a-1/scripts': { id: 's-9', asset_id: 'a-1', number: 2 },
};

export const PERSON = 'p-1';

interface BenchProps {
  person?: string;
  of?: Asset;
  voices?: Voice[];
  newest?: Version;
}

export function Bench({ person = PERSON, of = asset(), voices = [voice()], newest }: BenchProps) {
  return (
    <>
      {newest && <button onClick={() => startFrom(person, newest)}>Start from it</button>}
      <Composer
        person={person}
        asset={of}
        voices={voices}
        last={newest}
        newest={newest}
        onGenerated={() => undefined}
        onChanged={() => Promise.resolve()}
      />
      <Toasts />
    </>
  );
}
