/** A telemetry log of a flight that was never flown: frames of node-mavlink behind their moments, as ground stations write them. */
import { common, type MavLinkData, MavLinkProtocolV2 } from 'node-mavlink';

export interface MadePose {
  readonly lat: number;
  readonly lon: number;
  readonly altM: number;
  readonly aboveHomeM: number;
  readonly rollDeg: number;
  readonly pitchDeg: number;
  readonly yawDeg: number;
}

const rad = Math.PI / 180;
/** Poses a second, and of the receiver's own word on its accuracy (1.5 m and 2 m, which it tells in mm). */
const perSecond = 5;
const [hAcc, vAcc] = [1500, 2000];

export function madeLog(seconds: number, poseAt: (s: number) => MadePose, startMs = Date.UTC(2026, 5, 1, 9)): Buffer {
  const protocol = new MavLinkProtocolV2(1, 1);
  const parts: Buffer[] = [];
  let sequence = 0;
  const say = (wallMs: number, message: MavLinkData): void => {
    const stamp = Buffer.alloc(8);
    stamp.writeBigUInt64BE(BigInt(Math.round(wallMs * 1000)));
    sequence = (sequence + 1) & 0xff;
    parts.push(stamp, protocol.serialize(message, sequence));
  };
  for (let i = 0; i <= seconds * perSecond; i++) {
    const s = i / perSecond;
    const { lat, lon, altM, aboveHomeM, rollDeg, pitchDeg, yawDeg } = poseAt(s);
    const [wallMs, timeBootMs] = [startMs + 1000 * s, 60_000 + 1000 * s];
    const place = { lat: Math.round(lat * 1e7), lon: Math.round(lon * 1e7), alt: Math.round(altM * 1000) };
    say(wallMs, Object.assign(new common.GpsRawInt(), { ...place, fixType: 3, hAcc, vAcc }));
    say(
      wallMs,
      Object.assign(new common.GlobalPositionInt(), {
        ...place,
        timeBootMs,
        relativeAlt: Math.round(aboveHomeM * 1000),
      }),
    );
    say(
      wallMs,
      Object.assign(new common.Attitude(), {
        ...{ timeBootMs, roll: rollDeg * rad, pitch: pitchDeg * rad, yaw: yawDeg * rad },
      }),
    );
  }
  return Buffer.concat(parts);
}
