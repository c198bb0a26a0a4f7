import t from 'tap';
import { execaSync } from 'execa';
import { aerInject } from './aer-inject.js';
import { driveReset } from './drive-reset.js';
import { hotPlug } from './hot-plug.js';
import { hotUnplug } from './hot-unplug.js';
import { machineKill } from './machine-kill.js';
import { commandsOf, samplesOfAll, scriptsOf } from './sample.test.support.js';
import { setLink } from './set-link.js';
import type { AnyStepKind } from './step-kind.js';

const actionsOf = (kind: AnyStepKind, params: unknown) =>
  commandsOf(kind, params).flatMap((command) => ('qmp' in command ? [command] : []));

t.test('a device is unplugged by its button, and gone when QEMU and the guest say so', (t) => {
  const unplug = { execute: 'device_del', arguments: { id: 'shm0' }, untilGone: 'shm0' };
  t.strictSame(actionsOf(hotUnplug, { device: 'shm0' }), [{ label: 'unplug', qmp: unplug }]);
  t.strictSame(samplesOfAll(hotUnplug, { device: 'shm0' }, ['{"ms":6100,"answer":{}}', 'device gone\n']), [
    { name: 'device', value: 'gone' },
    { name: 'unplugMs', value: 6100, unit: 'ms' },
  ]);
  t.end();
});

t.test('an unplugged device whose script said nothing cannot be read', (t) => {
  t.throws(
    () => samplesOfAll(hotUnplug, { device: 'shm0' }, ['{"ms":1}', '']),
    new Error('the script did not say whether the device is gone'),
  );
  t.end();
});

t.test('a device is plugged in as the plan has it, and has its driver then', (t) => {
  t.strictSame(actionsOf(hotPlug, { device: 'shm0' }), [
    { label: 'device_add', qmp: { execute: 'device_add', arguments: { driver: 'some', id: 'shm0' } } },
  ]);
  const outputs = ['{"ms":1}', '{"ms":1}', 'plugged p2pmem-ivshmem\n'];
  t.strictSame(samplesOfAll(hotPlug, { device: 'shm0' }, outputs), [
    { name: 'driver', value: 'p2pmem-ivshmem' },
  ]);
  t.end();
});

t.test('a link goes down, and the guest tells its carrier', (t) => {
  const params = { nic: 'fab0', link: 'down' };
  const qmp = { execute: 'set_link', arguments: { name: 'fab0', up: false } };
  t.strictSame(actionsOf(setLink, params), [{ label: 'down', qmp }]);
  t.strictSame(samplesOfAll(setLink, params, ['{}', 'carrier 0\n']), [{ name: 'carrier', value: 0 }]);
  t.end();
});

t.test('a PCIe error is that of the port above, and QEMU says whether it was injected', (t) => {
  const params = { device: 'nvme1', error: 'fatal' };
  const line = { 'command-line': 'pcie_aer_inject_error port-of-nvme1 DLP' };
  t.match(actionsOf(aerInject, params), [{ qmp: { execute: 'human-monitor-command', arguments: line } }]);
  const [before, after] = [
    'counted fatal DLP 0\nmessages fatal 1\n',
    'counted fatal DLP 1\ncounted fatal TOTAL_ERR_FATAL 1\nmessages fatal 2\n',
  ];
  const ok = '{"ms":1,"answer":"OK id: x\\r\\n"}';
  t.strictSame(samplesOfAll(aerInject, params, [before, ok, after, 'state live\n']), [
    { name: 'injected', value: 'yes' },
    { name: 'counted', value: 'fatal DLP 1' },
    { name: 'messages', value: 'fatal 1' },
    { name: 'state', value: 'live' },
  ]);
  const error = '{"ms":1,"answer":"Error: no AER\\r\\n"}';
  t.strictSame(samplesOfAll(aerInject, params, [before, error, before, '']), [
    { name: 'injected', value: 'Error: no AER' },
    { name: 'counted', value: 'nothing' },
    { name: 'messages', value: 'nothing' },
  ]);
  t.end();
});

t.test('several PCIe errors are injected one by one, and one that QEMU refuses is told', (t) => {
  const params = { device: 'nvme1', error: 'nonfatal', times: 2 };
  t.equal(actionsOf(aerInject, params).length, 2);
  for (const script of scriptsOf(aerInject, params)) execaSync('sh', ['-n'], { input: script });
  const [ok, error] = ['{"answer":"OK id: x"}', '{"answer":"Error: no AER"}'];
  t.match(samplesOfAll(aerInject, params, ['', ok, '', error, '', '']), [{ value: 'Error: no AER' }]);
  t.end();
});

t.test('a correctable PCIe error is the kernel’s own injection, of a port by its address', (t) => {
  const params = { device: 'nvme1', error: 'bad-tlp' };
  t.strictSame(actionsOf(aerInject, params), []);
  const [, inject = ''] = scriptsOf(aerInject, params);
  const written = inject.split('\n').at(-1)!.replace(' >/dev/aer_inject', '');
  const { stdout } = execaSync('sh', ['-c', written], { encoding: 'buffer' });
  const want = Buffer.alloc(32);
  want[0] = 2; // the bus of 0000:02:00.0
  want[8] = 0x40;
  t.strictSame(Buffer.from(stdout), want);
  const [before, after] = ['counted correctable BadTLP 0\n', 'counted correctable BadTLP 1\n'];
  t.match(samplesOfAll(aerInject, params, [before, '', after, 'state live\n']), [
    { name: 'injected', value: 'yes' },
    { name: 'counted', value: /^correctable BadTLP 1/ },
  ]);
  t.end();
});

t.test('a machine that is killed is another one, and ends there', (t) => {
  t.strictSame(commandsOf(machineKill, { machine: 'target' }), [
    { label: 'off', on: 'target', qmp: { execute: 'quit' }, ends: true },
  ]);
  t.end();
});

t.test('a reset controller tells its state', (t) => {
  t.strictSame(samplesOfAll(driveReset, { drive: 'nvme1', times: 3 }, ['reset 3 live\n']), [
    { name: 'state', value: 'live' },
    { name: 'resets', value: 3 },
  ]);
  t.throws(() => samplesOfAll(driveReset, { drive: 'nvme1' }, ['']), /did not tell the state/);
  t.end();
});
