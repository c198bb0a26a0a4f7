import t from 'tap';
import type { MachineEvidence } from '../../evidence/evidence.js';
import { placeDevices } from '../../plan/place-devices.js';
import type { Device, Slot } from '../../scenario/scenario.js';
import { layoutTopology, pathThrough, ramId, rootId } from './topology-layout.js';

const drive = (id: string, cmb = 0): Device => ({ type: 'nvme', id, size: 2 ** 26, cmb });
const shm: Device = { type: 'ivshmem', id: 'shm0', size: 2 ** 26 };
function layout(pcie: Slot[]) {
  const { bridges, devices } = placeDevices({ cpu: 'EPYC', cpus: 1, memory: 2 ** 29, pcie, append: [] });
  const planned = { bridges, devices: devices.map((device) => ({ ...device, provider: false })) };
  return layoutTopology({ name: 'host', planned } as unknown as MachineEvidence);
}

t.test('data between ports of a switch turns in the switch', async (t) => {
  const { boxes } = layout([{ type: 'switch', ports: [drive('nvme1'), shm] }]);
  const way = pathThrough(boxes, 'nvme1', 'shm0')!;
  t.same(
    way.map((id) => boxes.get(id)!.label),
    ['nvme1, NVMe', 'switch port', 'switch', 'switch port', 'shm0, ivshmem', 'BAR 2'],
  );
});

t.test('data between root ports goes through the root complex', async (t) => {
  const { boxes } = layout([drive('nvme1'), shm]);
  t.same(pathThrough(boxes, 'nvme1', 'shm0'), ['nvme1', 'rp0', rootId, 'rp1', 'shm0', 'shm0 memory']);
});

t.test("a drive's own CMB is beside it, and RAM is behind the root complex", async (t) => {
  const { boxes } = layout([drive('nvme0', 2 ** 25)]);
  t.same(pathThrough(boxes, 'nvme0', 'nvme0'), ['nvme0', 'nvme0 memory']);
  t.same(pathThrough(boxes, 'nvme0', 'ram'), ['nvme0', 'rp0', rootId, ramId]);
});

t.test('bytes that nobody could attribute have no way', async (t) => {
  const { boxes } = layout([drive('nvme0')]);
  t.equal(pathThrough(boxes, 'nvme0', 'not-attributable'), undefined);
  t.equal(pathThrough(boxes, 'of another machine', 'ram')?.length, 1);
});

t.test('no box lies on another', async (t) => {
  const { boxes } = layout([
    { type: 'switch', ports: [drive('a', 2 ** 25), { type: 'switch', ports: [drive('b'), shm] }] },
    { type: 'card', functions: [drive('c'), drive('d')] },
    drive('e'),
  ]);
  const all = [...boxes.values()];
  const over = all.filter((a) =>
    all.some(
      (b) => a !== b && a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + 32 && b.y < a.y + 32,
    ),
  );
  t.same(over, []);
});
