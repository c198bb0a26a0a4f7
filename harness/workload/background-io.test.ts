import { execa } from 'execa';
import t from 'tap';
import { ioBegin, ioCheck, ioEnd } from './background-io.js';
import { failBind, failMap } from './fail-allocations.js';
import { samplesOf, scriptsOf } from './sample.test.support.js';

const ended = (...ends: string[]) =>
  samplesOf(ioEnd, { disk: 'nvme1' }, `running\n${JSON.stringify({ operations: 3, badBlocks: 0, ends })}\n`);

t.test('workers that ended alike are told once, those that did not in order', (t) => {
  t.strictSame(ended('', ''), [
    { name: 'ended', value: 'stopped' },
    { name: 'badBlocks', value: 0 },
    { name: 'operations', value: 'some' },
  ]);
  t.match(ended('', 'ENODATA'), [{ value: 'ENODATA,stopped' }]);
  t.end();
});

t.test('memory that went away is SIGBUS or EFAULT, a disk that went away has several names', (t) => {
  t.match(ended('SIGBUS', 'EFAULT'), [{ value: 'revoked' }]);
  t.match(ended('EIO', 'ENODEV', 'ENOSPC', 'EOF', 'ENXIO'), [{ value: 'disk-gone' }]);
  t.match(ended('EREMOTEIO', 'EIO'), [{ value: 'EREMOTEIO,disk-gone' }]);
  t.end();
});

t.test('I/O that did not tell its end cannot be read', (t) => {
  t.throws(() => samplesOf(ioEnd, { disk: 'nvme1' }, 'running\n'), SyntaxError);
  t.end();
});

t.test('I/O is out of the memory that was asked for', (t) => {
  t.match(
    scriptsOf(ioBegin, { disk: 'nvme1', memory: 'shm0', block: '16k', at: '1M' })[0],
    'p2pmem-io run "$disk" 1048576 1048576 16384 2 /run/p2plab-io-nvme1.state /sys/bus/pci/devices/0000:05:00.0/p2pmem/allocate >',
  );
  t.match(scriptsOf(ioBegin, { disk: 'remote0' })[0], '.state ram >');
  t.end();
});

t.test('what is lost is counted', (t) => {
  t.strictSame(samplesOf(ioCheck, { disk: 'nvme1' }, '{"checked":16,"lost":2}\n'), [
    { name: 'lost', value: 2 },
    { name: 'checked', value: 'some' },
  ]);
  t.match(samplesOf(ioCheck, { disk: 'nvme1' }, '{"checked":0,"lost":0}')[1], { value: 'none' });
  t.end();
});

t.test('binds with failing allocations tell their errors in order', (t) => {
  const output = `{"failed":1,"error":"ENOMEM"}
{"failed":1,"error":""}
{"failed":0,"error":"EIO"}
bound yes
`;
  t.strictSame(samplesOf(failBind, { device: 'shm0' }, output), [
    { name: 'failed', value: 'some' },
    { name: 'errors', value: 'EIO,ENOMEM' },
    { name: 'driver', value: 'yes' },
  ]);
  t.throws(() => samplesOf(failBind, { device: 'shm0' }, ''), /did not say whether the driver is bound/);
  t.end();
});

t.test('mmaps with failing allocations tell what they left', (t) => {
  const output = '{"failed":31,"refused":30,"otherErrors":0,"short":1,"complete":1}\n';
  t.strictSame(samplesOf(failMap, { provider: 'shm0' }, output), [
    { name: 'failed', value: 'some' },
    { name: 'otherErrors', value: 0 },
    { name: 'short', value: 1 },
    { name: 'complete', value: 1 },
  ]);
  t.end();
});

t.test('the scripts are ones that a POSIX shell can read', async (t) => {
  const scripts = [
    ...scriptsOf(ioBegin, { disk: 'nvme1', memory: 'shm0' }),
    ...(ioBegin.undo?.(ioBegin.params.parse({ disk: 'nvme1' }), {} as never) ?? []).flatMap((c) => c.script),
    ...scriptsOf(ioEnd, { disk: 'nvme1' }),
    ...scriptsOf(failBind, { device: 'shm0' }),
    ...scriptsOf(failMap, { provider: 'shm0' }),
  ];
  for (const input of scripts) await t.resolves(execa('sh', ['-n'], { input }));
});
