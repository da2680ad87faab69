// Runs before the first paint: a night page that flashes white blinds whoever drives.
import { readTheme, wearTheme } from './choices.ts';

wearTheme(readTheme());
