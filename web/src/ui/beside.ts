/** Where a popover opens: below what opened it, above where there is more room, and never out of sight. It scrolls with the page. */
const GAP = 4;
const EDGE = 8;

export function placeBeside(popover: HTMLElement, opener: HTMLElement): void {
  const button = opener.getBoundingClientRect();
  const { offsetWidth: width, offsetHeight: height } = popover;
  const { clientWidth, clientHeight } = document.documentElement;
  const dock = Number.parseFloat(getComputedStyle(popover).scrollMarginBottom) || 0;
  const above = button.bottom + GAP + height > clientHeight - dock && button.top - GAP - height > 0;
  const left = scrollX + Math.max(EDGE, Math.min(button.left, clientWidth - EDGE - width));
  // Tied to the side of the opener, so that what grows later does not cover it.
  const top = above ? 'auto' : `${scrollY + button.bottom + GAP}px`;
  const bottom = above ? `${clientHeight - scrollY - button.top + GAP}px` : 'auto';
  popover.style.inset = `${top} auto ${bottom} ${left}px`;
}
