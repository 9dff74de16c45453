// Light and dark: the system's unless the reader chose. The choice stays on this device.
export type Theme = 'system' | 'light' | 'dark';

const kKey = 'tocsin.theme';

export function storedTheme(): Theme {
  try {
    const value = localStorage.getItem(kKey);
    return value === 'light' || value === 'dark' ? value : 'system';
  } catch {
    return 'system'; // storage may be refused; the system's choice is a good one
  }
}

export function applyTheme(theme: Theme): void {
  const root = document.documentElement;
  if (theme === 'system') delete root.dataset['theme'];
  else root.dataset['theme'] = theme;
}

export function chooseTheme(theme: Theme): void {
  applyTheme(theme);
  try {
    if (theme === 'system') localStorage.removeItem(kKey);
    else localStorage.setItem(kKey, theme);
  } catch {
    // For this visit only, then.
  }
}
