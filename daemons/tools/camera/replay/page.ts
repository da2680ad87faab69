/** One HTML file that needs nothing else: its script, style and pictures are in it, and its policy lets in nothing from anywhere. */
import { createHash } from 'node:crypto';
import { pageScript } from './script.ts';
import type { PageData } from './shots.ts';

const sha = (text: string): string => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
const escaped = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');

/** Errors: those of `pageScript`. */
export async function pageOf(data: PageData): Promise<string> {
  const { script, style } = await pageScript();
  const policy = `default-src 'none'; img-src data:; script-src ${sha(script)}; style-src ${sha(style)}`;
  // A label may hold whatever a model's maker wrote: no "<" of it may end the element.
  const json = JSON.stringify(data).replaceAll('<', '\\u003c');
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width">
<title>${escaped(data.title)}</title>
<style>${style}</style>
<h1>${escaped(data.title)}</h1>
${data.isSimulated ? '<p class="simulated">SIMULATED. Nothing here is real.</p>' : ''}
<p>${escaped(data.model)}. Every threshold was decoded by itself; zones, passes and cooldown are not in here.</p>
<label>Threshold <input id="threshold" type="range" min="0" step="1"><output id="threshold-is"></output></label>
<label>Picture <input id="at" type="range" min="0" step="1" value="0"><output id="at-is"></output>
<button id="play" type="button">Play</button></label>
<svg id="timeline" class="timeline" preserveAspectRatio="none" role="img" aria-label="sightings of each picture"></svg>
<p id="facts" aria-live="polite"></p>
<div class="views">
<div class="shown"><img id="picture" alt=""><svg id="boxes" aria-hidden="true"></svg></div>
<svg id="ground" class="ground" role="img" aria-label="outlines on the ground, north up"></svg>
</div>
<ul id="list"></ul>
<p>Left and right: pictures. Space: play. Tab to a slider, then arrows.</p>
<script id="data" type="application/json">${json}</script>
<script>${script}</script>
</html>
`;
}
