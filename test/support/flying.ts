/** A simulated drone that says where it is and whether it flies, five times a second over UDP, in MAVLink frames of our own. */
import dgram from 'node:dgram';
import { moved, type Place } from '../../daemons/core/feed/place.ts';
import { payloadOf, type Value } from '../../daemons/core/mavlink/decode.ts';
import { frameOf } from '../../daemons/core/mavlink/encode.ts';
import { layoutNamed } from '../../daemons/core/mavlink/messages.ts';

export interface FlyingDrone {
  /** Towards this place from its home, in metres, at a speed that a drone has. */
  fly(northM: number, eastM: number): void;
  /** MAV_LANDED_STATE, and whether it is armed. */
  is(landed: 'on-ground' | 'in-air'): void;
  close(): void;
}

const [tickMs, speedMs] = [200, 20];

/** System 1 at `home`, on the ground and disarmed; its clock is this machine's. */
export function flyingDrone(port: number, home: Place): FlyingDrone {
  const socket = dgram.createSocket('udp4');
  const bornMs = performance.now();
  let [seq, inAir, at, to] = [0, false, { north: 0, east: 0 }, { north: 0, east: 0 }];
  const send = (name: string, fields: Readonly<Record<string, Value>>): void => {
    const layout = layoutNamed(name);
    seq = (seq + 1) & 0xff;
    socket.send(frameOf(layout, payloadOf(layout, fields), { system: 1, component: 1, seq }), port, '127.0.0.1');
  };
  const tick = (): void => {
    const [north, east] = [to.north - at.north, to.east - at.east];
    const part = Math.min(1, (speedMs * tickMs) / 1000 / Math.max(1e-9, Math.hypot(north, east)));
    at = { north: at.north + north * part, east: at.east + east * part };
    const place = moved(home, at.north, at.east);
    const [lat, lon] = [Math.round(place.lat * 1e7), Math.round(place.lon * 1e7)];
    const time_boot_ms = Math.round(performance.now() - bornMs);
    send('HEARTBEAT', {
      type: 2,
      autopilot: 12,
      base_mode: inAir ? 129 : 1,
      system_status: inAir ? 4 : 3,
      mavlink_version: 3,
    });
    send('EXTENDED_SYS_STATE', { landed_state: inAir ? 2 : 1 });
    send('SYSTEM_TIME', { time_unix_usec: BigInt(Date.now()) * 1000n, time_boot_ms });
    send('GPS_RAW_INT', { fix_type: 3, lat, lon, eph: 80, satellites_visible: 14, h_acc: 900, v_acc: 1200 });
    send('GLOBAL_POSITION_INT', { time_boot_ms, lat, lon, alt: 500_000, relative_alt: inAir ? 30_000 : 0, hdg: 9000 });
  };
  const timer = setInterval(tick, tickMs);
  return {
    fly: (north, east) => {
      to = { north, east };
    },
    is: (landed) => {
      inAir = landed === 'in-air';
    },
    close: () => {
      clearInterval(timer);
      socket.close();
    },
  };
}
