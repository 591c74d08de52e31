/** The clock of a context, in samples. */

/** So far ahead all is scheduled, that it is in place when its sample is due. */
const LEAD_S = 0.02;

/** The sample at which what is asked for now takes place. */
export function due(context: BaseAudioContext): number {
  return Math.ceil((context.currentTime + LEAD_S) * context.sampleRate);
}

/** The sample that leaves the loudspeaker now. */
export function sounding(context: BaseAudioContext): number {
  const { sampleRate, currentTime } = context;
  if (!(context instanceof AudioContext)) return currentTime * sampleRate;
  const { contextTime = 0, performanceTime = 0 } = context.getOutputTimestamp();
  if (performanceTime === 0) return currentTime * sampleRate;
  return (contextTime + (performance.now() - performanceTime) / 1000) * sampleRate;
}
