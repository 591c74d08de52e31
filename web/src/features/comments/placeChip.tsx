/** What the comment that is being written is about: a place in the audio, which can be taken away, or the whole. */
import type { Version } from '../../api/types.ts';
import { Button, IconButton } from '../../ui/button.tsx';
import styles from './comments.module.css';
import { choosePlace, setDraft, usePlace } from './draft.ts';
import { placeWords } from './threads.ts';

interface PlaceChipProps {
  version: Version;
  draft: string;
  /** Where it is heard just now; null if it is not. */
  position: (() => number) | null;
}

export function PlaceChip({ version, draft, position }: PlaceChipProps) {
  const place = usePlace(draft);
  if (place)
    return (
      <span className={styles.chip}>
        <span>
          {place.untilMs === null ? 'At' : 'On'} {placeWords(place)}
        </span>
        <IconButton icon="close" label="Comment on the whole version instead" onClick={() => setDraft(draft, { place: null })} />
      </span>
    );
  return (
    <span className={styles.whole}>
      <span>On the whole version</span>
      {position && (
        <Button variant="quiet" size="small" onClick={() => choosePlace(draft, position(), null, version.audio.duration_ms)}>
          Use the playhead
        </Button>
      )}
    </span>
  );
}
