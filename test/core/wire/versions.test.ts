/** Box and centre may differ by a version: what the other side says more is passed over, what it does not say yet is not asked for. */
import test from 'ava';
import { parseReported } from '../../../daemons/core/twin/reported.ts';
import { parseClaim, parseClaimAnswer } from '../../../daemons/core/wire/claim.ts';
import { parseBirth, parseHead, parseReceipt, parseStatus } from '../../../daemons/core/wire/messages.ts';
import { parsePetition, parseRenewalAnswer } from '../../../daemons/core/wire/renewal.ts';
import { stampAt } from '../../support/alerts.ts';

const twin = { v: 1, device: 'post-1', desired: 3, phase: 'in-force', reasons: [], inForce: 3 };

/** Each as the first release said it: the least that must be understood for ever. */
const messages: readonly (readonly [string, (json: string) => object, object])[] = [
  ['receipt', parseReceipt, { v: 1, spool: 's', stream: 'alert', through: 4, missing: [2] }],
  ['birth', parseBirth, { v: 1, device: 'post-1', site: 'north', boot: 'b', simulated: false }],
  ['status', parseStatus, { v: 1, status: 'online', boot: 'b' }],
  ['head', parseHead, { v: 1, device: 'post-1', spool: 's', seq: 3, envelope: '{}' }],
  ['reported', parseReported, { ...twin, executable: '0.1.0', files: {}, root: 1 }],
  ['petition', parsePetition, { v: 1, certificate: 'c', request: 'r', signature: 's' }],
  ['renewal answer', parseRenewalAnswer, { v: 1, certificate: 'c' }],
  ['claim', parseClaim, { v: 1, id: 'i', request: 'r', proof: 'p' }],
  ['claim answer', parseClaimAnswer, { v: 1, certificate: 'c' }],
];

for (const [name, parse, first] of messages)
  test(`${name}: a newer side may say more, an older one says what it always said`, (t) => {
    t.like(parse(JSON.stringify(first)), first);
    const more = { ...first, later: { deep: [1, { x: null }] }, at: stampAt(1), 'other-name': 'x' };
    t.like(parse(JSON.stringify(more)), more);
  });
