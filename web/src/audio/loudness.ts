/** Takes at one loudness, so that the louder one does not win by being louder. */

export interface Loud {
  /** Integrated loudness; not finite where it could not be measured. */
  readonly loudnessLufs: number;
  /** The highest level between the samples too; not finite where it is not known. */
  readonly truePeakDbtp: number;
}

/** No take is made louder than this, nor its peaks higher than that. */
const TARGET_LUFS = -16;
const CEILING_DBTP = -1;

/** The factor for each take: the loudest common level at which none of them passes the ceiling. One that was not measured stays as it is. */
export function equalGains(takes: readonly Loud[]): number[] {
  const measured = takes.filter((take) => Number.isFinite(take.loudnessLufs));
  const most = measured.map((take) => take.loudnessLufs + CEILING_DBTP - (Number.isFinite(take.truePeakDbtp) ? take.truePeakDbtp : 0));
  const target = Math.min(TARGET_LUFS, ...most);
  return takes.map((take) => (Number.isFinite(take.loudnessLufs) ? 10 ** ((target - take.loudnessLufs) / 20) : 1));
}
