/** The camera that the kernel simulates (vivid): what it shows and what goes wrong with it, told through v4l2-ctl and sysfs. */
import { execFileSync } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';

export const device = '/dev/video0';

/** As the driver counts its test patterns. */
export const patterns = { bars: 0, black: 5, white: 6, red: 7 } as const;

const ctl = (...words: readonly string[]): void => {
  execFileSync('v4l2-ctl', ['-d', device, ...words], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
};
const set = (control: string, value: number): void => ctl('-c', `${control}=${value}`);

export const shows = (pattern: keyof typeof patterns): void => set('test_pattern', patterns[pattern]);
/** Nothing but the pattern, without the driver's own words over it. */
export const wordless = (): void => set('osd_text_mode', 2);
/** The pattern wanders, so that no two pictures are alike. */
export const moves = (is: boolean): void => set('horizontal_movement', is ? 6 : 3);
/** Every buffer is lost: the device is there and gives no picture. */
export const givesNothing = (is: boolean): void => set('percentage_of_dropped_buffers', is ? 100 : 0);
/** The device node answers nobody until the last program that has it open closes it. */
export const disconnect = (): void => set('disconnect', 1);
/** The driver gives up the stream, as one does whose hardware fails. */
export const failStream = (): void => set('inject_fatal_streaming_error', 1);

const driver = '/sys/bus/platform/drivers/vivid';
export const unbind = (): void => writeFileSync(`${driver}/unbind`, 'vivid.0');
export const bind = (): void => writeFileSync(`${driver}/bind`, 'vivid.0');
export const isThere = (): boolean => existsSync(device);

/** Another input, that of a television camera without a scaler: 720 by 576 or 480 and no other size. Whether it was free for it. */
export function takesTelevision(): boolean {
  try {
    ctl('-i', '2');
    for (const one of ['scaler', 'cropping', 'composing']) set(`enable_capture_${one}`, 0);
    return true;
  } catch {
    return false;
  }
}
