/** What was said of each take that is compared, with who reads and who can be mentioned. */
import { useQuery, useSuspenseQuery } from '@tanstack/react-query';
import type { Version } from '../api/types.ts';
import { BriefComments } from '../features/comments/brief.tsx';
import { choosePlace, draftName } from '../features/comments/draft.ts';
import { wishFor } from '../features/comments/wish.ts';
import type { PlaceInTake } from '../features/compare/placeInTake.ts';
import { membersQuery } from '../features/people/queries.ts';
import { sessionQuery } from '../features/session/queries.ts';

export function CompareComments({ version, place }: { version: Version; place: PlaceInTake }) {
  const { data: session } = useSuspenseQuery(sessionQuery);
  const { data: members = [] } = useQuery(membersQuery(version.project_id));
  return (
    <BriefComments
      version={version}
      person={session.person.id}
      members={members.filter((one) => one.active && !one.is_you).map(({ person: { id, name } }) => ({ id, name }))}
      name={`version ${version.number}`}
      onHear={place.hear}
      position={place.position}
    />
  );
}

/** Begins a comment at a moment of a take, or on all of it. */
export function beginComment(person: string, version: string, durationMs: number, atMs: number | null): void {
  if (atMs !== null) choosePlace(draftName(person, version), atMs, null, durationMs);
  wishFor(version);
}
