/** A value that follows another only once that has been still for a moment. */
import { useEffect, useState } from 'react';

const QUIET_MS = 300;

export function useOnceQuiet<T>(value: T): T {
  const [quiet, setQuiet] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setQuiet(value), QUIET_MS);
    return () => clearTimeout(timer);
  }, [value]);
  return quiet;
}
