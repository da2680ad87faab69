/** Sightings drawn into a picture, for a person who tunes a model. */
import type { Picture, PixelBox, Sighting } from '../values/frame.ts';

export type Colour = readonly [red: number, green: number, blue: number];

/** A copy of the picture with a frame around each sighting, its outline if it has one, and its score in percent. */
export function drawn(picture: Picture, sightings: readonly Sighting[], colourOf: (label: string) => Colour): Picture {
  const copy = { ...picture, rgb: Uint8Array.from(picture.rgb) };
  // Thick enough to be seen when the whole picture is shown on a screen.
  const thick = Math.max(1, Math.round(Math.max(picture.width, picture.height) / 800));
  for (const { label, score, box, outline } of sightings) {
    const colour = colourOf(label);
    frame(copy, box, { colour, thick });
    if (outline) outlined(copy, outline, { colour, thick });
    percent(copy, box, { score, colour, thick: 2 * thick });
  }
  return copy;
}

interface Pen {
  readonly colour: Colour;
  readonly thick: number;
}

function fill({ width, height, rgb }: Picture, { x0, y0, x1, y1 }: PixelBox, colour: Colour): void {
  for (let y = Math.max(0, Math.floor(y0)); y < Math.min(height, y1); y++)
    for (let x = Math.max(0, Math.floor(x0)); x < Math.min(width, x1); x++) rgb.set(colour, 3 * (y * width + x));
}

function frame(picture: Picture, { x0, y0, x1, y1 }: PixelBox, { colour, thick }: Pen): void {
  fill(picture, { x0, y0, x1, y1: y0 + thick }, colour);
  fill(picture, { x0, y0: y1 - thick, x1, y1 }, colour);
  fill(picture, { x0, y0, x1: x0 + thick, y1 }, colour);
  fill(picture, { x0: x1 - thick, y0, x1, y1 }, colour);
}

function outlined(picture: Picture, outline: NonNullable<Sighting['outline']>, { colour, thick }: Pen): void {
  outline.slice(1).forEach(([x, y], i) => {
    const [fromX, fromY] = outline[i] as readonly [number, number];
    const steps = Math.max(1, Math.ceil(Math.max(Math.abs(x - fromX), Math.abs(y - fromY))));
    for (let k = 0; k <= steps; k++) {
      const [px, py] = [fromX + ((x - fromX) * k) / steps, fromY + ((y - fromY) * k) / steps];
      fill(picture, { x0: px, y0: py, x1: px + thick, y1: py + thick }, colour);
    }
  });
}

/** Digits of 3 by 5 dots, a row a digit of octal. */
const digits = [0o75557, 0o26227, 0o71747, 0o71717, 0o55711, 0o74717, 0o74757, 0o71111, 0o75757, 0o75717];

/** Above the box, or inside where there is no room. */
function percent(
  picture: Picture,
  { x0, y0 }: PixelBox,
  { score, colour, thick }: Pen & { readonly score: number },
): void {
  const text = String(Math.round(100 * score));
  const tall = 7 * thick;
  const top = y0 >= tall ? y0 - tall : y0;
  fill(picture, { x0, y0: top, x1: x0 + thick * (4 * text.length + 1), y1: top + tall }, colour);
  [...text].forEach((digit, i) => {
    const dots = digits[Number(digit)] ?? 0;
    for (let row = 0; row < 5; row++)
      for (let column = 0; column < 3; column++) {
        if (!((dots >> (3 * (4 - row) + (2 - column))) & 1)) continue;
        const x = x0 + thick * (1 + 4 * i + column);
        const y = top + thick * (1 + row);
        fill(picture, { x0: x, y0: y, x1: x + thick, y1: y + thick }, [0, 0, 0]);
      }
  });
}
