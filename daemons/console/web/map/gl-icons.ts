import type { Map as GlMap } from 'maplibre-gl';
import type { AlertRecord } from '../board.ts';
import { letterPx, letterY, outlines } from '../shapes.ts';
import { say } from '../text.ts';
import type { Palette } from './palette.ts';

const severities = ['critical', 'warning', 'info'] as const;
const statuses = ['online', 'offline', 'unknown'] as const;
const sidePx = 40;
const ratio = 2;

export const alertIcon = ({ alert, acknowledged }: AlertRecord): string =>
  `${alert.severity}-${alert.condition === 'cleared' ? 'cleared' : 'open'}-${acknowledged ? 'acknowledged' : 'waiting'}`;

/** Draws every mark in the colours of the palette and gives them to the map; the shapes are those of the list. */
export function addIcons(map: GlMap, palette: Palette): void {
  const put = (name: string, side: number, draw: (pen: OffscreenCanvasRenderingContext2D) => void): void => {
    const pen = new OffscreenCanvas(side * ratio, side * ratio).getContext('2d');
    if (!pen) return;
    pen.scale(ratio, ratio);
    draw(pen);
    const image = pen.getImageData(0, 0, side * ratio, side * ratio);
    if (map.hasImage(name)) map.updateImage(name, image);
    else map.addImage(name, image, { pixelRatio: ratio });
  };
  for (const severity of severities)
    for (const condition of ['open', 'cleared'] as const)
      for (const acknowledged of ['waiting', 'acknowledged'] as const)
        put(`${severity}-${condition}-${acknowledged}`, sidePx, (pen) => {
          drawMark(pen, palette, severity, condition === 'cleared');
          if (acknowledged === 'acknowledged') drawTick(pen, palette);
          else drawRing(pen, palette[severity]);
        });
  put('wind', 72, (pen) => drawWind(pen, palette));
  put('device-many', 20, (pen) => {
    drawDevice(pen, palette, 'online', 2);
    drawDevice(pen, palette, 'unknown', 6);
  });
  for (const status of statuses) put(`device-${status}`, 16, (pen) => drawDevice(pen, palette, status));
}

type Pen = OffscreenCanvasRenderingContext2D;

function drawMark(pen: Pen, palette: Palette, severity: (typeof severities)[number], cleared: boolean): void {
  pen.save();
  pen.translate(8, 8);
  const outline = new Path2D(outlines[severity]);
  pen.lineJoin = 'round';
  pen.lineWidth = 4;
  pen.strokeStyle = palette.halo;
  pen.stroke(outline);
  pen.fillStyle = cleared ? palette.halo : palette[severity];
  pen.fill(outline);
  if (cleared) {
    pen.lineWidth = 2;
    pen.setLineDash([3, 2]);
    pen.strokeStyle = palette[severity];
    pen.stroke(outline);
  }
  pen.fillStyle = cleared ? palette[severity] : palette[`${severity}Ink`];
  pen.font = `700 ${letterPx[severity]}px system-ui, sans-serif`;
  pen.textAlign = 'center';
  pen.fillText(say(`severity.${severity}.letter`), 12, letterY[severity]);
  pen.restore();
}

/** A ring around the mark: nobody has acknowledged it yet. */
function drawRing(pen: Pen, color: string): void {
  pen.beginPath();
  pen.arc(20, 20, 18, 0, 2 * Math.PI);
  pen.lineWidth = 2;
  pen.strokeStyle = color;
  pen.stroke();
}

function drawTick(pen: Pen, palette: Palette): void {
  pen.beginPath();
  pen.arc(30, 30, 7, 0, 2 * Math.PI);
  pen.fillStyle = palette.halo;
  pen.fill();
  pen.lineWidth = 2;
  pen.strokeStyle = palette.ink;
  pen.beginPath();
  pen.moveTo(26.5, 30);
  pen.lineTo(29, 32.8);
  pen.lineTo(33.5, 27);
  pen.stroke();
}

/** From the north to the middle of the lower edge, with room for the square of a device: it is turned about that point. */
function drawWind(pen: Pen, palette: Palette): void {
  pen.lineCap = 'round';
  pen.lineJoin = 'round';
  for (const [width, color] of [
    [7, palette.halo],
    [3, palette.ink],
  ] as const) {
    pen.beginPath();
    pen.moveTo(36, 6);
    pen.lineTo(36, 58);
    pen.moveTo(28, 48);
    pen.lineTo(36, 58);
    pen.lineTo(44, 48);
    pen.lineWidth = width;
    pen.strokeStyle = color;
    pen.stroke();
  }
}

function drawDevice(pen: Pen, palette: Palette, status: (typeof statuses)[number], at = 4): void {
  pen.lineWidth = 2;
  pen.strokeStyle = palette.ink;
  pen.fillStyle = status === 'online' ? palette.ink : palette.halo;
  pen.fillRect(at, at, 8, 8);
  pen.strokeRect(at, at, 8, 8);
}
