import test from 'ava';
import { ended, endedEvent, healthOf } from '../../daemons/agent/health.ts';
import { boxFacts } from '../../daemons/core/adapters/health.linux.ts';
import { agentHealth } from '../../daemons/core/fleet/health.ts';
import { throttledIn } from '../../daemons/core/fleet/throttled.ts';
import type { DaemonState } from '../../daemons/core/ports/supervisor.ts';
import { storageSection } from '../../daemons/core/wear/life.ts';

const runs: DaemonState = { is: 'running', restarts: 0, said: '' };

test('what this machine says of itself has the shape that the centre reads', (t) => {
  const daemons = new Map([['gas', { ...runs, restarts: 2 }]]);
  const post = { good: 1, inHand: [], raised: [], overdue: ['nh3/ammonia'], flagged: { nh3: 0.5 } };
  const facts = boxFacts('/', storageSection.parse({}));
  const health = healthOf({ at: { wallMs: 5, synced: true }, facts, daemons, post, program: '1.2.3' });
  t.deepEqual(agentHealth.parse(health), health);
  t.like(health, { restarts: { gas: 2 }, overdue: ['nh3/ammonia'], certificateMs: null });
  t.true(facts.memoryFree > 0 && facts.memoryFree <= 1);
  t.deepEqual(healthOf({ at: { wallMs: 5, synced: false }, facts, daemons, post: null, program: '1' }).overdue, []);
});

test('a daemon that ended is told once, with its last words; what was so before is not', (t) => {
  const at = (state: Partial<DaemonState>) => new Map([['gas', { ...runs, ...state }]]);
  t.deepEqual(ended(null, at({ restarts: 7 })), []);
  t.deepEqual(ended(at({ restarts: 7 }), at({ restarts: 7 })), []);
  t.deepEqual(ended(at({ restarts: 7 }), at({ restarts: 8 })), ['gas']);
  t.deepEqual(ended(at({}), at({ is: 'failed' })), ['gas']);
  t.deepEqual(ended(at({ is: 'failed' }), at({ is: 'failed' })), []);
  const event = endedEvent('gas', { ...runs, restarts: 8, said: 'it ended (code 1)' }, `${'x'.repeat(9000)}end`);
  t.regex(event.message, /^gas ended .*8 starts so far\): it ended \(code 1\)$/);
  t.regex(String(event.detail.words), /^x{3997}end$/);
});

test('bits of the firmware are words, another text is none', (t) => {
  t.deepEqual(throttledIn('0x50005\n'), [
    'under-voltage',
    'throttled',
    'under-voltage since the boot',
    'throttled since the boot',
  ]);
  t.deepEqual(throttledIn('0\n'), []);
  t.is(throttledIn('what'), null);
});
