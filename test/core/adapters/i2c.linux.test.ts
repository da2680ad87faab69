import os from 'node:os';
import test from 'ava';
import { faultOfErrno } from '../../../daemons/core/adapters/i2c.linux.ts';

const { errno } = os.constants;
/** An error as i2c-bus gives it. */
const fromKernel = (code: keyof typeof errno | 'EREMOTEIO', number: number): NodeJS.ErrnoException =>
  Object.assign(new Error(`${code}, from the kernel`), { code, errno: -number });

test('a part that does not answer is a NACK, as ENXIO and as EREMOTEIO alike', (t) => {
  // 121 is EREMOTEIO on Linux: what i2c-bcm2835 of a Raspberry Pi says where most adapters say ENXIO.
  const [one, other] = [fromKernel('ENXIO', errno.ENXIO), fromKernel('EREMOTEIO', 121)].map((error) =>
    faultOfErrno(error, '/dev/i2c-1 read from 68'),
  );
  t.is(one?.kind, 'nack');
  t.is(other?.kind, 'nack');
  t.is(other?.message, '/dev/i2c-1 read from 68: EREMOTEIO, from the kernel');
});

test('a bus that hangs is a timeout, an adapter that went away is absent, and so is what nobody has named yet', (t) => {
  for (const [code, kind] of [
    ['ETIMEDOUT', 'timeout'],
    ['EAGAIN', 'timeout'],
    ['ENODEV', 'absent'],
    ['EIO', 'absent'],
    ['ENOBUFS', 'absent'],
  ] as const)
    t.is(faultOfErrno(fromKernel(code, errno[code]), 'x')?.kind, kind, code);
});

test('what is no answer of the kernel is no fault of the world', (t) => {
  t.is(faultOfErrno(new TypeError('a bug'), 'x'), null);
});
