/** How what is said of a take reaches its sound. */
export interface PlaceInTake {
  /** Goes to this place of the take and plays. */
  readonly hear: (ms: number) => void;
  /** Where it is heard just now; null for those that are not. */
  readonly position: (() => number) | null;
}
