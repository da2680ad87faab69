/** Time from the box's own feed: lines of JSON over a unix socket, told by whichever daemon has the receiver. */
import net from 'node:net';
import { fixOf, maxFeedLine } from '../clock/feed-line.ts';
import type { TimeSource, TimeWatch } from '../ports/time-source.ts';

/** Waits between attempts to connect, in ms: the first and the longest. */
const [firstMs, longestMs] = [500, 15_000];

/** Connects to `socket` again and again; a feed that is not there, or talks nonsense, is a feed that knows nothing. */
export function feedSource(socket: string, boot: string): TimeSource {
  const watch: TimeSource['watch'] = (read, tell): TimeWatch => {
    let closed = false;
    let waitMs = firstMs;
    let timer: NodeJS.Timeout | undefined;
    let link: net.Socket | undefined;

    const connect = (): void => {
      let rest = '';
      link = net.connect(socket);
      link.unref();
      link.setEncoding('utf8');
      link.on('connect', () => {
        waitMs = firstMs;
      });
      link.on('data', (text: string) => {
        const lines = (rest + text).split('\n');
        rest = lines.pop() ?? '';
        if (rest.length > maxFeedLine) link?.destroy();
        for (const line of lines) {
          const fix = fixOf(line, boot, read().monoNs);
          if (fix) tell(fix);
        }
      });
      // A socket that is missing or refused closes too: that is where the next attempt is made.
      link.on('error', () => {});
      link.on('close', () => {
        if (closed) return;
        timer = setTimeout(connect, waitMs);
        timer.unref();
        waitMs = Math.min(2 * waitMs, longestMs);
      });
    };
    connect();
    return {
      hurry: () => {},
      close: () => {
        closed = true;
        clearTimeout(timer);
        link?.destroy();
      },
    };
  };
  return { name: 'feed', watch };
}
