/** What the page says of alerts whose instrument was found wrong later, in English. */
export const doubtWords = {
  'doubt.tag': 'In doubt',
  'doubt.title': 'In doubt',
  'doubt.lead':
    'An instrument behind this alert was found wrong later. Gas may well have been there; how much is not certain.',
  'doubt.instrument': 'Instrument',
  'doubt.serial': 'serial number {serial}',
  'doubt.found': 'Found by',
  'doubt.by.check': 'a calibration check with gas',
  'doubt.by.adjustment': 'an adjustment, before it changed anything',
  'doubt.record': 'record {id}',
  'doubt.off': 'How far off',
  'doubt.off.low': 'It showed {shown} for {applied} of gas: {percent} % too little ({most} % is allowed).',
  'doubt.off.high': 'It showed {shown} for {applied} of gas: {percent} % too much ({most} % is allowed).',
  'doubt.off.zero': 'It showed {shown} in gas without any ({most} is allowed).',
  'doubt.off.shift':
    'In gas without any it showed {before} before the flight and {after} after it ({most} is allowed).',
  'doubt.means': 'So in this alert',
  'doubt.means.low': 'there was probably more gas than it showed',
  'doubt.means.high': 'there was probably less gas than it showed',
  'doubt.lastGood': 'Last known right',
  'doubt.good.check': 'at a calibration check',
  'doubt.good.adjustment': 'at an adjustment',
  'doubt.good.none': 'never: no good check or adjustment of it is on record',
} as const;
