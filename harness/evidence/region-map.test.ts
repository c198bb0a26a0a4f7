import t from 'tap';
import { RegionMap } from './region-map.js';

const device = (id: string, start: number, end: number) => ({
  id,
  bdf: '0000:03:00.0',
  vendor: 0,
  product: 0,
  bars: [{ bar: 2, start, end }],
});
const map = new RegionMap({
  devices: [device('nvme0', 0x8000, 0xa000), device('shm0', 0xa000, 0xc000)],
  ram: [{ start: 0, end: 0x4000 }],
});

t.test('an address in a BAR belongs to that device', (t) => {
  t.strictSame(map.attribute(0xa000, 4096, 'nvme1'), [{ region: 'shm0', bytes: 4096 }]);
  t.end();
});

t.test('an address in the issuing drive’s BAR is its own CMB', (t) => {
  t.strictSame(map.attribute(0x8000, 512, 'nvme0'), [{ region: 'own-cmb', bytes: 512 }]);
  t.end();
});

t.test('a range over the end of RAM is split, and what is mapped to nothing is unknown', (t) => {
  t.strictSame(map.attribute(0x3000, 0x6000, 'nvme1'), [
    { region: 'ram', bytes: 0x1000 },
    { region: 'unknown', bytes: 0x4000 },
    { region: 'nvme0', bytes: 0x1000 },
  ]);
  t.end();
});

t.test('beyond the last window everything is unknown', (t) => {
  t.strictSame(map.attribute(0xc000, 4096, undefined), [{ region: 'unknown', bytes: 4096 }]);
  t.end();
});

t.test('a requester id tells the device', (t) => {
  const map = new RegionMap({ devices: [{ ...device('nvme1', 0, 1), bdf: '0000:1a:00.3' }], ram: [] });
  t.equal(map.deviceAt(0x1a03), 'nvme1');
  t.equal(map.deviceAt(0x1a00), undefined);
  t.end();
});
