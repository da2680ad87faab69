/** Simulated lines of a local alarm for a box under test: levels as a meter would show them. */
import type { AddressInfo } from 'node:net';
import { type SimulatedLines, simulatedLines } from '../../daemons/tools/simulate/gpio-lines.ts';

export interface Panel extends Pick<SimulatedLines, 'hold' | 'level' | 'isDriven' | 'away'> {
  readonly tcp: string;
  /** Sounder, beacon and relay, as three signs: `SB-` sounds and shines with the relay fallen, `--R` is well. */
  shows(): string;
  /** Resolves when it shows that. */
  until(what: string): Promise<void>;
  close(): void;
}

export async function alarmPanelLines(more: readonly string[] = []): Promise<Panel> {
  const looks = new Set<() => void>();
  const lines = simulatedLines(['SOUNDER', 'BEACON', 'RELAY', ...more], () => {
    for (const look of looks) look();
  });
  await new Promise<void>((resolve) => lines.server.listen(0, '127.0.0.1', resolve));
  const sign = (line: string): string => (lines.level(line) ? (line[0] ?? '') : '-');
  const shows = (): string => ['SOUNDER', 'BEACON', 'RELAY'].map(sign).join('');
  return {
    tcp: `127.0.0.1:${(lines.server.address() as AddressInfo).port}`,
    hold: lines.hold,
    level: lines.level,
    isDriven: lines.isDriven,
    away: lines.away,
    shows,
    until: (what) =>
      new Promise((resolve) => {
        const look = (): void => {
          if (shows() !== what) return;
          looks.delete(look);
          resolve();
        };
        looks.add(look);
        look();
      }),
    close: () => lines.server.close(),
  };
}

/** The `alarm` section of a board on these lines. */
export const panelSection = {
  sounder: { line: { name: 'SOUNDER' }, activeLow: false },
  beacon: { line: { name: 'BEACON' }, activeLow: false },
  relay: { line: { name: 'RELAY' }, activeLow: false },
};
