/** The badge of a version leads to its checks, which may only be on their way: whoever comes last brings them into view. */
let wanted: string | null = null;

const idOf = (version: string) => `checks-${version}`;

export { idOf as checksId };

export function want(version: string): void {
  wanted = version;
  reach(version);
}

/** The checks are there now. */
export function reach(version: string): void {
  const panel = document.getElementById(idOf(version));
  if (wanted !== version || !panel) return;
  wanted = null;
  panel.focus({ preventScroll: true });
  panel.scrollIntoView({ block: 'nearest' });
}
