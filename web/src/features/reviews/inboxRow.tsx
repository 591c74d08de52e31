/** One review in the list: hear the version, see who wants what until when, decide. */
import { Link } from '@tanstack/react-router';
import type { ReactNode, Ref } from 'react';
import type { Review, Voice } from '../../api/types.ts';
import { voiceName } from '../../api/words.ts';
import { useHeard } from '../../audio/heard.ts';
import { PlayButton } from '../../audio/playButton.tsx';
import { playerKeys } from '../../audio/playerKeys.ts';
import type { Track } from '../../audio/playing.ts';
import { versionTrack } from '../../audio/track.ts';
import { Waveform } from '../../audio/waveform.tsx';
import { Ago } from '../../ui/ago.tsx';
import { Button } from '../../ui/button.tsx';
import { clock } from '../../ui/format.ts';
import { Decisions, Own, Reviewers, Wanted } from './decisions.tsx';
import { Due } from './due.tsx';
import { inboxKeys } from './inboxKeys.ts';
import styles from './inboxRow.module.css';
import { OUTCOMES } from './outcomes.ts';
import { isVerdict, possible, STEPS, type Verdict } from './steps.ts';

interface InboxRowProps {
  review: Review;
  projectKey: string;
  voices: readonly Voice[];
  /** The one row that Tab reaches. */
  current: boolean;
  row: Ref<HTMLElement>;
  onCurrent: () => void;
  onMove: (way: 1 | -1) => void;
  onDecide: (verdict: Verdict) => void;
  standing: ReactNode;
  renderJudged: (track: Track) => ReactNode;
  onComment: (atMs: number | null) => void;
}

export function InboxRow({ review, projectKey, voices, current, row, onCurrent, onMove, onDecide, standing, renderJudged, onComment }: InboxRowProps) {
  const { asset, version } = review;
  const heard = useHeard(version.id, version.duration_ms);
  const verdicts = possible(review.can).filter(isVerdict);
  const decide = (verdict: Verdict) => {
    if (verdicts.includes(verdict)) onDecide(verdict);
  };
  const voice = voiceName(voices, version.voice);
  const track = versionTrack({
    id: version.id,
    number: version.number,
    durationMs: version.duration_ms,
    assetId: asset.id,
    assetTitle: asset.title,
    projectKey,
    voice,
  });
  const keys = inboxKeys({ move: onMove, decide });
  const play = playerKeys(track, onComment);
  const name = `version ${version.number} of ${asset.title}`;
  return (
    // The keys belong to the row: they act only while the focus is inside it, so it must be able to take it.
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions
    <article
      ref={row}
      className={styles.row}
      // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
      tabIndex={current ? 0 : -1}
      aria-labelledby={`r-${review.id}`}
      onFocus={onCurrent}
      onKeyDown={(event) => {
        keys(event);
        play(event);
      }}
    >
      <header>
        <h2 id={`r-${review.id}`}>
          <Link to="/projects/$project/assets/$asset" params={{ project: projectKey, asset: asset.id }} search={{ version: version.number, tab: 'versions' }}>
            {asset.title} <span>v{version.number}</span>
          </Link>
        </h2>
        {review.outcome && <strong>{OUTCOMES[review.outcome]}</strong>}
        {review.due_at && <Due time={review.due_at} open={review.state === 'open'} />}
      </header>
      <div className={styles.sound}>
        <PlayButton track={track} name={name} />
        <Waveform track={track} label={`Position in ${name}`} />
        <span>
          {clock(version.duration_ms)}
          {heard > 0 && ` · heard ${Math.floor(heard * 100)} %`}
        </span>
      </div>
      <p className={styles.facts}>
        <span>
          {review.requested_by.name} asked <Ago time={review.created_at} />
        </span>
        <span>{voice}</span>
        {standing}
        <Reviewers reviewers={review.reviewers} />
        {review.wanted && <Wanted wanted={review.wanted} />}
      </p>
      {review.state === 'open' && <Own selfApproval={review.self_approval} barred={review.barred} />}
      {review.reason && <p>{review.reason}</p>}
      {current && renderJudged(track)}
      {review.decisions.length > 0 && <Decisions decisions={review.decisions} />}
      {verdicts.length > 0 && (
        <div className={styles.does}>
          {verdicts.map((verdict) => (
            <Button key={verdict} variant={STEPS[verdict].variant} size="small" aria-haspopup="dialog" onClick={() => onDecide(verdict)}>
              {STEPS[verdict].label}
              <span className={styles.hidden}> {name}</span>
            </Button>
          ))}
        </div>
      )}
    </article>
  );
}
