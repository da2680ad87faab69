import { type Browser, chromium } from 'playwright-core';
import { findProgram } from './needs.ts';

/** Nothing that talks to anybody, nothing that asks anything. */
const quiet = [
  '--no-sandbox',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];
/** WebGL without a graphics card. */
const software = ['--use-gl=angle', '--use-angle=swiftshader', '--enable-unsafe-swiftshader'];

/** Debian's Chromium with a profile of its own that goes away with it. */
export function openBrowser(webGl: 'software' | 'none'): Promise<Browser> {
  const args = [...quiet, ...(webGl === 'software' ? software : ['--disable-3d-apis'])];
  return chromium.launch({ executablePath: findProgram('chromium') ?? 'chromium', headless: true, args });
}
