/** Says something of a version, at a moment, on a span, or of the whole. */
import type { Named, Version } from '../../api/types.ts';
import { draftName, usePlace } from './draft.ts';
import { Editor } from './editor.tsx';
import { useWrite } from './mutations.ts';
import { PlaceChip } from './placeChip.tsx';

interface NewCommentProps {
  version: Version;
  /** Who writes: what is typed is each person's own. */
  person: string;
  members: readonly Named[];
  /** Where it is heard just now; null if it is not. */
  position: (() => number) | null;
}

export function NewComment({ version, person, members, position }: NewCommentProps) {
  const draft = draftName(person, version.id);
  const place = usePlace(draft);
  const writing = useWrite(version.id, draft);
  return (
    <Editor
      draft={draft}
      wish={version.id}
      label={`Comment on version ${version.number}`}
      placeholder="Say what you hear; @ mentions somebody"
      deed="Comment"
      members={members}
      sending={writing}
      onSend={(body, mentions) => writing.write({ body, mentions, at_ms: place?.atMs ?? null, until_ms: place?.untilMs ?? null })}
    >
      <PlaceChip version={version} draft={draft} position={position} />
    </Editor>
  );
}
