/** What a version can be had as, and what for: links in a native popover. What is not there yet is made when it is asked for. */
import { useId, useRef, useState, type MouseEvent } from 'react';
import type { AudioFormat, Version } from '../../api/types.ts';
import { audioUrl, captionsUrl } from '../../audio/track.ts';
import { placeBeside } from '../../ui/beside.ts';
import { Icon } from '../../ui/icons.tsx';
import { Note } from '../../ui/state.tsx';
import { toast } from '../../ui/toast.tsx';
import { useSaveRendition } from './mutations.ts';
import styles from './downloads.module.css';

const FORMATS: Record<AudioFormat, { name: string; use: string }> = {
  flac: { name: 'FLAC', use: 'The lossless master, to keep or to work on' },
  wav: { name: 'WAV', use: '16-bit PCM, for editors and older tools' },
  mp3: { name: 'MP3', use: 'Plays everywhere: websites, slides, courses' },
  opus: { name: 'Opus', use: 'The smallest, for apps and browsers of today' },
  ulaw: { name: 'Telephone WAV', use: '8 kHz mu-law, for phone systems' },
};

export function Downloads({ version }: { version: Version }) {
  const formats = version.audio.dropped ? [] : (Object.keys(FORMATS) as AudioFormat[]);
  const id = useId();
  const opener = useRef<HTMLButtonElement>(null);
  const menu = useRef<HTMLDivElement>(null);
  const [open, setOpen] = useState(false);
  const saving = useSaveRendition(version.id, (problem) => {
    if (problem === null) menu.current?.hidePopover();
    else if (!menu.current?.matches(':popover-open')) toast(problem, 'bad');
  });

  function choose(event: MouseEvent, format: AudioFormat) {
    if (format === 'flac') return;
    event.preventDefault();
    if (!saving.isPending) saving.mutate(format);
  }

  return (
    <>
      <button ref={opener} type="button" className={styles.opener} popoverTarget={id}>
        <Icon name="download" />
        Download<span className={styles.hidden}> version {version.number}</span>
        <Icon name="chevron" />
      </button>
      <div
        ref={menu}
        id={id}
        popover="auto"
        role="group"
        aria-label={`Version ${version.number} as a file`}
        className={styles.menu}
        onBeforeToggle={(event) => {
          setOpen(event.newState === 'open');
          if (!saving.isPending) saving.reset();
        }}
        onToggle={(event) => {
          if (event.newState === 'open' && opener.current) placeBeside(event.currentTarget, opener.current);
        }}
      >
        {open && (
          <ul>
            {formats.map((format) => (
              <li key={format}>
                <a
                  href={audioUrl(version.id, format)}
                  download
                  aria-disabled={(saving.isPending && format !== 'flac') || undefined}
                  onClick={(event) => choose(event, format)}
                >
                  <b>{FORMATS[format].name}</b> <span>{FORMATS[format].use}</span>
                </a>
              </li>
            ))}
            <li>
              <a href={captionsUrl(version.id)} download={`v${version.number}.vtt`}>
                <b>Captions</b> <span>WebVTT, with the moment of each word</span>
              </a>
            </li>
          </ul>
        )}
        <p role="status" className={styles.status}>
          {saving.isPending && `Making the ${FORMATS[saving.variables].name} file …`}
        </p>
        {saving.error && (
          <Note tone="bad" live>
            {saving.error.message}
          </Note>
        )}
      </div>
    </>
  );
}
