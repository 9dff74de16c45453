// Runs before the first paint, so that who chose the dark is not shown a white page at night.
import { applyTheme, storedTheme } from './ui/theme';

applyTheme(storedTheme());
