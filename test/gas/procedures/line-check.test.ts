import test from 'ava';
import { samplingSection } from '../../../daemons/core/config/sampling.ts';
import { checkOf, flowOf, lineRefusal, seenLine } from '../../../daemons/gas/procedures/line-check.ts';
import { freshSampling, type SamplingMemory } from '../../../daemons/gas/sampling/sampling.ts';

const line = samplingSection.parse({
  line: 'main',
  behind: ['nh3'],
  flow: { channel: 'tube/flow', least: 0.3, most: 2 },
  vacuum: { channel: 'tube/vacuum', blockedFrom: 30, leaksBelow: 1 },
});
const units: Readonly<Record<string, string>> = { 'tube/flow': 'L/min', 'tube/vacuum': 'hPa' };
const at = (flow: number | null, vacuum: number | null, of = line) => {
  const memory = freshSampling([of]).get('main') as SamplingMemory;
  memory.unknown = false;
  const inputs = { flow, vacuum };
  for (const [what, value] of Object.entries(inputs))
    if (memory.inputs[what]) memory.inputs[what] = { value, seenMs: 1 };
  return seenLine(of, memory, (channel) => units[channel] ?? '');
};

test('a line that is well is confirmed by what it measures, and its flow is that of the record', (t) => {
  const seen = at(0.5, 8);
  t.deepEqual(seen.faults, []);
  t.is(lineRefusal('flow', seen), null);
  t.is(lineRefusal('leak', seen), null);
  t.deepEqual(checkOf('flow', seen), { by: 'line', value: 0.5, unit: 'L/min' });
  t.deepEqual(checkOf('leak', seen), { by: 'line', value: 8, unit: 'hPa' });
  t.is(flowOf(seen), 500);
});

test('a line at fault is refused at once, with what to do, also before the fault has lasted', (t) => {
  t.regex(lineRefusal('flow', at(0.1, 40)) ?? '', /sampling line main: it is blocked; look for a kink.*then go on/);
  t.regex(lineRefusal('leak', at(0.5, 0.2)) ?? '', /it leaks/);
  t.regex(lineRefusal('leak', at(null, 8)) ?? '', /^$/);
  t.regex(lineRefusal('flow', at(null, 8)) ?? '', /what measures its flow gives no value/);
});

test('what nothing measures stays a confirmation by hand, and says so', (t) => {
  t.deepEqual(checkOf('flow', null), { by: 'hand', value: null, unit: null });
  t.is(lineRefusal('leak', null), null);
  const deepOnly = samplingSection.parse({
    line: 'main',
    behind: ['nh3'],
    vacuum: { channel: 'tube/vacuum', blockedFrom: 30 },
  });
  const seen = at(null, 8, deepOnly);
  t.is(checkOf('leak', seen).by, 'hand');
  t.is(checkOf('flow', seen).by, 'hand');
  t.is(flowOf(seen), null);
});
