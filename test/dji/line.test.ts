import test from 'ava';
import { anglesOf } from '../../daemons/core/feed/turn.ts';
import type { DjiEvent } from '../../daemons/dji/said.ts';
import {
  byHand,
  dayMs,
  dock,
  dockData,
  drone,
  droneData,
  envelope,
  hmsData,
  mediaData,
  only,
  setupOf,
  topics,
  topoData,
  typesOf,
} from './documented.ts';

const mattersOf = (one: DjiEvent | undefined): readonly string[] => {
  const reasons = one?.detail.reasons;
  return Array.isArray(reasons) ? reasons.map(({ matter }: { readonly matter: string }) => matter) : [];
};

test('a dock that tells everything becomes ready, and each matter that is not well is a reason of its own', (t) => {
  const hand = byHand();
  const first = only(hand.input({ is: 'tick' }), 'event')[0]?.event;
  t.is(first?.type, 'dji-readiness');
  t.deepEqual(mattersOf(first), ['link', 'dock', 'drone', 'battery', 'weather', 'position', 'storage']);
  hand.message(topics.osd, envelope(dockData), 1);
  const ready = only(hand.input({ is: 'tick' }, 1), 'event')[0]?.event;
  t.like(ready, { type: 'dji-readiness', message: 'the drone could fly' });

  const worse: readonly (readonly [Record<string, unknown>, string])[] = [
    [{ mode_code: 3 }, 'dock'],
    [{ mode_code: 77 }, 'dock'],
    [{ cover_state: 3 }, 'dock'],
    [{ emergency_stop_state: 1 }, 'dock'],
    [{ drone_in_dock: 0 }, 'drone'],
    [{ drone_charge_state: { capacity_percent: 79 } }, 'battery'],
    [{ wind_speed: 8.1 }, 'weather'],
    [{ rainfall: 1 }, 'weather'],
    [{ rainfall: 9 }, 'weather'],
    [{ position_state: { is_fixed: 3 } }, 'position'],
    [{ storage: { total: 1_000_000, used: 1 } }, 'storage'],
  ];
  for (const [change, matter] of worse) {
    const one = byHand();
    one.message(topics.osd, envelope({ ...dockData, ...change }), 1);
    const told = only(one.input({ is: 'tick' }, 1), 'event')[0]?.event;
    t.deepEqual(mattersOf(told), [matter], JSON.stringify(change));
  }
});

test('what is not told any more is not known any more: values age each by itself, and a silent dock is told once', (t) => {
  const hand = byHand();
  hand.message(topics.osd, envelope(dockData), 1);
  hand.input({ is: 'tick' }, 1);
  // The wind is told no more, the rest is.
  const { wind_speed: _left, ...rest } = dockData;
  for (let s = 3; s <= 21; s += 2) hand.message(topics.osd, envelope(rest, { timestamp: dayMs + (s - 1) * 1000 }), s);
  const told = only(hand.input({ is: 'tick' }, 21), 'event')[0]?.event;
  t.is(told?.message, 'the drone could not fly: wind or rain is not known');

  t.deepEqual(typesOf(hand.input({ is: 'tick' }, 37)), ['dji-readiness']);
  t.deepEqual(typesOf(hand.input({ is: 'tick' }, 52)), ['dji-silent']);
  t.deepEqual(typesOf(hand.input({ is: 'tick' }, 60)), []);
  hand.message(topics.osd, envelope(dockData, { timestamp: dayMs + 60_000 }), 61);
  t.deepEqual(typesOf(hand.input({ is: 'tick' }, 61)), ['dji-heard-again', 'dji-readiness']);
});

test('heights are what they are above, attitude and gimbal are turns, and no uncertainty is claimed to be told', (t) => {
  const gimbal = { payload: '80-0-0', yawFrom: 'north' };
  const feed = (wiring: object) =>
    only(byHand(setupOf({ ...wiring })).message(topics.droneOsd, envelope(droneData), 5), 'feed').map(
      ({ told }) => told,
    );
  const [plain, more] = [feed({}), feed({ geoidM: 48.2, gimbal })];
  t.deepEqual(
    plain.map(({ kind }) => kind),
    ['position', 'attitude', 'wind'],
  );
  t.like(plain[0], { lat: 47.3771, lon: 8.5423, altM: null, aboveHomeM: 60, velocity: null, unvouched: true });
  const position = more.find((one) => one.kind === 'position');
  t.true(position !== undefined && Math.abs((position.altM ?? 0) - 468) < 1e-9);
  const attitude = more.find((one) => one.kind === 'attitude');
  const angles = attitude && anglesOf(attitude.q);
  t.true(Math.abs((angles?.yawDeg ?? 0) - 312) < 1e-6 && Math.abs((angles?.pitchDeg ?? 0) + 4.1) < 1e-6);
  t.true(attitude?.unvouched);
  const mounted = more.find((one) => one.kind === 'gimbal');
  t.like(mounted, { yawFrom: 'north', unvouched: true });
  t.is(mounted && anglesOf(mounted.q).pitchDeg, -90);
});

test('a wind direction is where the wind comes from, all eight of them; a calm and an unknown direction have none', (t) => {
  const wind = (change: object) =>
    only(byHand().message(topics.droneOsd, envelope({ ...droneData, ...change }), 1), 'feed')
      .map(({ told }) => told)
      .find((one) => one.kind === 'wind');
  for (let n = 1; n <= 8; n++) {
    const one = wind({ wind_direction: n });
    t.true(Math.abs((one?.fromDeg ?? -1) - (n - 1) * 45) < 1e-6, `${n}`);
    t.is(one?.source, 'autopilot');
  }
  t.is(wind({ wind_direction: 0 }), undefined);
  t.is(wind({ wind_direction: 9 }), undefined);
  t.is(wind({ wind_speed: 0.3 })?.fromDeg, null);
  t.is(wind({ wind_speed: '4' })?.speedMs.toFixed(3), '4.000');
});

test('a drone without a place tells none: 0, 0 is not a place, and quality 0 withholds what is told beside it', (t) => {
  const kinds = (change: object) =>
    only(byHand().message(topics.droneOsd, envelope({ ...droneData, ...change }), 1), 'feed').map(
      ({ told }) => told.kind,
    );
  t.deepEqual(kinds({ latitude: 0, longitude: 0 }), ['attitude', 'wind']);
  t.deepEqual(kinds({ position_state: { quality: 0, gps_number: 0 } }), ['attitude', 'wind']);
});

test('health messages are the whole list: what is left out has ended, levels and codes are kept, words only where DJI gave them', (t) => {
  const words = new Map([['dock_tip_0x16100083', 'Cover %dock_cover_index blocked (%alarmid)']]);
  const hand = byHand(setupOf({}, { words }));
  const tell = (tid: string, s: number, ...codes: string[]) =>
    only(
      hand.message(topics.events, envelope(hmsData(...codes), { tid, method: 'hms', timestamp: dayMs + s * 1000 }), s),
      'event',
    ).map(({ event }) => event);
  const [first, second] = tell('1', 1, '0x16100083', '0x1F');
  t.like(first, {
    type: 'dji-hms',
    severity: 'error',
    message: 'DJI: Cover left blocked (0x16100083) (0x16100083, level 2)',
  });
  t.like(second, { message: 'DJI: a code without words here (0x1F, level 2)', detail: { code: '0x1F', level: 2 } });
  t.deepEqual(tell('2', 2, '0x16100083', '0x1F'), []);
  t.deepEqual(
    tell('3', 3, '0x1F').map(({ type, detail }) => `${type} ${detail.code}`),
    ['dji-hms-ended 0x16100083'],
  );
  // An older list, brought late: it changes nothing.
  t.deepEqual(
    tell('4', 2.5, '0x99').map(({ type }) => type),
    ['dji-time-back'],
  );
  t.deepEqual(
    tell('5', 4).map(({ type }) => type),
    ['dji-hms-ended'],
  );
});

test('who waits is answered in the documented shapes, once, and again when the dock has not heard it', (t) => {
  const hand = byHand();
  const reply = (topic: string, message: unknown, s: number) => only(hand.message(topic, message, s), 'reply');
  const media = envelope(mediaData, { method: 'file_upload_callback', need_reply: 1 });
  const [answer] = reply(topics.events, media, 10);
  t.is(answer?.topic, `thing/product/${dock}/events_reply`);
  t.deepEqual(JSON.parse(answer?.text ?? ''), {
    ...{ tid: media.tid, bid: media.bid, timestamp: dayMs + 10_000, method: 'file_upload_callback', gateway: dock },
    data: { result: 0 },
  });
  t.deepEqual(
    hand.message(topics.events, media, 11).map(({ is }) => is),
    ['raw'],
  );
  // After a minute the dock still asks: it has not heard the answer, and the notice is not news.
  const again = hand.message(topics.events, media, 71);
  t.deepEqual([only(again, 'reply').length, typesOf(again)], [1, ['dji-time-late']]);
  // The broker did not take it: the next delivery is answered at once.
  hand.input({ is: 'not-sent', key: answer?.key ?? '' }, 72);
  t.is(reply(topics.events, media, 73).length, 1);

  t.is(reply(topics.events, envelope(hmsData(), { tid: 'h', method: 'hms', need_reply: 0 }), 74).length, 0);
  t.is(reply(topics.events, envelope({}, { tid: 'x', method: 'who_knows', need_reply: 1 }), 74).length, 1);

  const [status] = reply(
    topics.status,
    envelope(topoData(drone), { tid: 's', method: 'update_topo', gateway: undefined }),
    75,
  );
  t.is(status?.topic, `sys/product/${dock}/status_reply`);
  t.deepEqual(JSON.parse(status?.text ?? ''), {
    ...{ tid: 's', bid: media.bid, timestamp: dayMs + 75_000, method: 'update_topo' },
    data: { result: 0 },
  });
});

test('requests get what this platform has, and an error for what it has not; without its file everything is an error', (t) => {
  const organization = { id: 'o1', name: 'Patrol', bindingCode: 'c1' };
  const platform = { ntpHost: 'ntp', ntpPort: 123, appId: '1', appKey: 'k', appLicense: 'l', organization };
  const asks = (knows: object | null) => {
    const hand = byHand(setupOf({}, { knows: { platform: knows as never, serials: [dock, drone] } }));
    return (method: string, data: object): unknown => {
      const [one] = only(hand.message(topics.requests, envelope(data, { tid: method, method }), 1), 'reply');
      t.is(one?.topic, `thing/product/${dock}/requests_reply`);
      return JSON.parse(one?.text ?? '').data;
    };
  };
  const ask = asks(platform);
  t.deepEqual(ask('config', { config_type: 'json', config_scope: 'product' }), {
    ...{ ntp_server_host: 'ntp', ntp_server_port: 123, app_id: '1', app_key: 'k', app_license: 'l' },
  });
  t.like(ask('airport_bind_status', { devices: [{ sn: dock }, { sn: 'other' }] }), {
    result: 0,
    output: {
      bind_status: [
        { sn: dock, is_device_bind_organization: true },
        { sn: 'other', is_device_bind_organization: false },
      ],
    },
  } as never);
  const pair = { organization_id: 'o1', device_binding_code: 'c1' };
  t.deepEqual(ask('airport_organization_get', pair), { result: 0, output: { organization_name: 'Patrol' } });
  t.deepEqual(
    ask('airport_organization_bind', {
      bind_devices: [
        { sn: dock, ...pair },
        { sn: dock, organization_id: 'o1' },
      ],
    }),
    {
      result: 0,
      output: {
        err_infos: [
          { sn: dock, err_code: 0 },
          { sn: dock, err_code: 210_231 },
        ],
      },
    },
  );
  t.deepEqual(ask('flighttask_resource_get', { flight_id: 'f' }), { result: 1 });
  t.deepEqual(ask('constructor', {}), { result: 1 });
  t.deepEqual(asks(null)('config', {}), { result: 1 });
});

test('beside another platform nothing is answered', (t) => {
  const hand = byHand(setupOf({ answeredBy: 'another-platform' }));
  const outputs = [
    ...hand.message(topics.events, envelope(mediaData, { method: 'file_upload_callback', need_reply: 1 })),
    ...hand.message(topics.requests, envelope({}, { tid: '2', method: 'config' })),
    ...hand.message(topics.status, envelope(topoData(drone), { tid: '3', method: 'update_topo' })),
  ];
  t.deepEqual(only(outputs, 'reply'), []);
  t.deepEqual(typesOf(outputs), ['dji-media', 'dji-topology']);
});

test('media notices say where and when as DJI wrote it; a drone that is not in the board file is told and not read', (t) => {
  const hand = byHand();
  const [media] = only(hand.message(topics.events, envelope(mediaData, { method: 'file_upload_callback' })), 'event');
  t.like(media?.event.detail, {
    name: 'DJI_0001.jpeg',
    lat: 47.3771,
    lon: 8.5423,
    aboveHomeM: 60.1,
    gimbalYawDeg: -91.4,
  });
  t.deepEqual(
    typesOf(hand.message(topics.status, envelope(topoData('STRANGER'), { tid: '9', method: 'update_topo' }))),
    ['dji-topology', 'dji-stranger'],
  );
  t.deepEqual(hand.message('thing/product/STRANGER/osd', envelope(droneData)), []);
});

test('what is secret in a message is not in what is kept of it, also when the message is cut off', (t) => {
  const text = JSON.stringify(envelope(topoData(drone), { method: 'update_topo' }));
  for (let length = text.indexOf('sesame') + 3; length <= text.length; length += 7) {
    const [raw] = only(byHand().bytes(topics.status, text.slice(0, length)), 'raw');
    t.false(/sesame|"once"|"twice"/.test(raw?.raw.text ?? ''), `${length}`);
    t.false(/ses/.test(raw?.raw.text ?? ''), `${length}`);
  }
});

test('livestreams are told when they begin, end or fail, with the camera that reads them', (t) => {
  const hand = byHand(setupOf({ live: { camera: 'drone' } }));
  const tell = (status: number, s: number, error = 0) =>
    only(
      hand.message(
        topics.state,
        envelope(
          { live_status: [{ video_id: `${drone}/80-0-0/normal-0`, status, error_status: error }] },
          { timestamp: dayMs + s * 1000 },
        ),
        s,
      ),
      'event',
    ).map(({ event }) => event.message);
  t.deepEqual(tell(1, 1), [
    `the livestream ${drone}/80-0-0/normal-0 runs; camera drone reads it from the media server`,
  ]);
  t.deepEqual(tell(1, 3), []);
  t.regex(tell(0, 5, 513_006)[0] ?? '', /does not run, error 513006/);
});
