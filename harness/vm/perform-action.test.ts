import t from 'tap';
import { performAction } from './perform-action.js';
import type { QmpClient } from './qmp-client.js';

const { signal } = new AbortController();

/** QEMU that has a device for that many looks. */
function qemu(looks: number) {
  const executed: string[] = [];
  const execute = async (command: string) => {
    executed.push(command);
    if (command !== 'query-pci') return { done: command };
    return [{ devices: looks-- > 0 ? [{ qdev_id: 'shm0', regions: [] }] : [] }];
  };
  return { qmp: { execute } as unknown as QmpClient, executed };
}

t.test('what needs no event is done with its answer', async (t) => {
  const { qmp, executed } = qemu(1);
  const end = await performAction(qmp, { execute: 'set_link', arguments: {} }, 0, signal);
  t.match(end, { answer: { done: 'set_link' }, late: undefined });
  t.strictSame(executed, ['set_link']);
});

t.test('an unplugged device is waited for until it is gone', async (t) => {
  const { qmp, executed } = qemu(2);
  const end = await performAction(qmp, { execute: 'device_del', untilGone: 'shm0' }, 60_000, signal);
  t.equal(end.late, undefined);
  t.strictSame(executed, ['device_del', 'query-pci', 'query-pci', 'query-pci']);
});

t.test('a device that stays is late', async (t) => {
  const { qmp } = qemu(Infinity);
  t.match(await performAction(qmp, { execute: 'device_del', untilGone: 'shm0' }, -1, signal), { late: true });
});
