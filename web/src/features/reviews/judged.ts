/** What is judged: as much of a version as its steps need. */
import type { Review, Version } from '../../api/types.ts';

export interface Judged {
  readonly id: string;
  readonly number: number;
  readonly assetId: string;
  readonly projectId: string;
  readonly durationMs: number;
  readonly createdById: string;
}

export function judgedVersion({ id, number, asset_id: assetId, project_id: projectId, audio, created_by: by }: Version): Judged {
  return { id, number, assetId, projectId, durationMs: audio.duration_ms, createdById: by.id };
}

export function judgedReview({ asset, project_id: projectId, version }: Review): Judged {
  return { id: version.id, number: version.number, assetId: asset.id, projectId, durationMs: version.duration_ms, createdById: version.created_by.id };
}
