// Runs before the first paint, so that a night page never flashes white.
import { readTheme, wearTheme } from './settings.ts';

wearTheme(readTheme());
