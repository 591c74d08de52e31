/** The heading of a screen. It takes the focus when the screen comes, unless something on it has the focus already. */
import { useEffect, useRef } from 'react';

/** On arrival from outside the browser places the focus itself. */
let arrived = false;

export function PageTitle({ children }: { children: string }) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    if (arrived && document.activeElement === document.body) heading.current?.focus({ preventScroll: true });
    arrived = true;
  }, []);
  return (
    <h1 ref={heading} tabIndex={-1}>
      {children}
    </h1>
  );
}
