// Runs before the first paint; theme.ts does the rest.
try {
  const theme = localStorage.getItem('voiceops.theme');
  if (theme === 'light' || theme === 'dark') document.documentElement.dataset.theme = theme;
} catch {
  // storage is forbidden: the system's theme it is
}
