import type { AddressInfo } from 'node:net';
import { type Access, openAccess } from '../../daemons/console/access/gate.ts';
import { openDrillWatch } from '../../daemons/console/desk/drill-watch.ts';
import { type Feed, type FeedLimits, feedLimits, openFeed } from '../../daemons/console/feed.ts';
import type { Commanding } from '../../daemons/console/flight-routes.ts';
import type { MapFile } from '../../daemons/console/maps.ts';
import { buildServer, type ServerParts } from '../../daemons/console/server.ts';
import { openStreams, type StreamLimits, type Streams, streamLimits } from '../../daemons/console/streams.ts';
import type { Page } from '../../daemons/console/web/build.ts';
import { systemClock } from '../../daemons/core/adapters/clock.system.ts';
import { openSqliteDesk } from '../../daemons/core/adapters/desk.sqlite.ts';
import type { Running } from '../../daemons/core/daemon/running.ts';
import type { Archive } from '../../daemons/core/ports/archive.ts';
import type { DeskStore } from '../../daemons/core/ports/desk.ts';
import type { Log, LogFields } from '../../daemons/core/ports/log.ts';
import type { Records } from '../../daemons/core/ports/records.ts';
import { archiveOf } from './flights.ts';
import { memoryRecords } from './records.memory.ts';

interface LogLine {
  readonly level: string;
  readonly message: string;
  readonly fields: LogFields;
}

export interface KeptLog extends Log {
  readonly lines: readonly LogLine[];
  /** The first line with that message, said already or later. */
  said(message: string): Promise<LogLine>;
}

/** A log that is kept, for tests that ask what was said. */
export function keptLog(): KeptLog {
  const lines: LogLine[] = [];
  let waiting: (() => void)[] = [];
  const at =
    (level: string) =>
    (message: string, fields: LogFields = {}): void => {
      lines.push({ level, message, fields });
      for (const look of waiting.splice(0)) look();
    };
  const said = async (message: string): Promise<LogLine> => {
    for (;;) {
      const line = lines.find((one) => one.message === message);
      if (line) return line;
      await new Promise<void>((resolve) => {
        waiting = [...waiting, resolve];
      });
    }
  };
  return { lines, said, info: at('info'), warn: at('warn'), error: at('error') };
}

export function runningUntil(signal: AbortSignal, log: Log = keptLog()): Running {
  return { signal, progress: () => {}, log, clock: systemClock() };
}

/** A page of one file: tests of the API need no bundle. */
export const bareHtml = '<!doctype html><title>page</title>';
const barePage: Page = {
  build: 'test-build',
  files: new Map([['/', { body: Buffer.from(bareHtml), type: 'text/html; charset=utf-8', immutable: false }]]),
};

export interface OpenConsole {
  readonly url: string;
  readonly feed: Feed;
  readonly streams: Streams;
  readonly log: KeptLog;
  stop(): Promise<void>;
}

export interface ConsoleOptions {
  readonly feed?: Partial<FeedLimits>;
  readonly streams?: Partial<StreamLimits>;
  readonly maps?: readonly MapFile[];
  readonly page?: Page;
  readonly port?: number;
  readonly archive?: Archive;
  /** Absent: no login. */
  readonly access?: Access;
  readonly desk?: DeskStore;
  readonly commanding?: Commanding | undefined;
  readonly patrol?: Page;
  readonly radio?: string;
  readonly devices?: ServerParts['devices'];
}

/** The server without its socket, for `inject`; with a desk of no alerts where it has no records of its own. */
export function appOn({ records, archive = archiveOf([]), ...rest }: Partial<ServerParts>) {
  const central = records ?? memoryRecords();
  const [log, clock] = [keptLog(), systemClock()];
  const feed = openFeed(central);
  const streams = openStreams(feed, barePage.build, clock);
  const parts = {
    access: openAccess(),
    ...(records ? {} : { desk: openSqliteDesk(':memory:') }),
    maps: [],
    page: barePage,
    feed,
    streams,
    clock,
    log,
  };
  return buildServer({ ...parts, records: central, archive, ...rest });
}

/** The console's server without the daemon around it, on a free port unless one is named, with limits that a test can reach. */
export async function openConsole(records: Records, options: ConsoleOptions = {}): Promise<OpenConsole> {
  const {
    access = openAccess(),
    page = barePage,
    maps = [],
    port = 0,
    archive,
    desk,
    commanding,
    devices,
    patrol,
    radio,
  } = options;
  const log = keptLog();
  const stopper = new AbortController();
  const ctx = runningUntil(stopper.signal, log);
  const feed = openFeed(records, { ...feedLimits, ...options.feed });
  const streams = openStreams(feed, page.build, ctx.clock, { ...streamLimits, ...options.streams });
  const drills = desk && openDrillWatch(desk, streams);
  const app = await buildServer({
    records,
    access,
    desk,
    commanding,
    devices,
    feed,
    streams,
    drills,
    page,
    patrol,
    radio,
    maps,
    clock: ctx.clock,
    log,
    ...(archive && { archive }),
  });
  await feed.refresh();
  await app.listen({ host: '127.0.0.1', port });
  const running = Promise.all([feed.follow(ctx), streams.beat(stopper.signal), drills?.follow(ctx)]);
  return {
    url: `http://127.0.0.1:${(app.server.address() as AddressInfo).port}`,
    feed,
    streams,
    log,
    stop: async () => {
      if (stopper.signal.aborted) return;
      stopper.abort();
      await running;
      await app.close();
    },
  };
}
