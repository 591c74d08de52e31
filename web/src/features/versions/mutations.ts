/** What is asked of a version beyond looking at it. */
import { useMutation } from '@tanstack/react-query';
import { asProblem } from '../../api/client.ts';
import { prepare } from '../../api/rendition.ts';
import type { AudioFormat } from '../../api/types.ts';
import { audioUrl } from '../../audio/track.ts';

/** Makes a rendition, which takes a second for each minute of audio, and then has the browser save it. */
export function useSaveRendition(version: string, onEnd: (problem: string | null) => void) {
  return useMutation({
    mutationFn: (format: AudioFormat) => prepare(audioUrl(version, format)),
    onSuccess: (_, format) => {
      const link = document.createElement('a');
      link.href = audioUrl(version, format);
      link.download = '';
      link.click();
      onEnd(null);
    },
    onError: (error) => onEnd(asProblem(error).message),
  });
}
