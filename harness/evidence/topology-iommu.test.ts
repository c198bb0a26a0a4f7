import t from 'tap';
import { untranslatedDevices } from './topology-iommu.js';
import type { GuestFunction } from './topology.js';

const at = (bdf: string, over: Partial<GuestFunction>): GuestFunction => {
  return { bdf, vendor: 0, product: 0, class: 0, bars: [], ...over };
};

t.test(
  'addresses are physical without a group and in an identity domain, and not where nothing is known',
  async (t) => {
    const functions = [
      at('0000:01:00.0', {}),
      at('0000:02:00.0', { iommuGroup: '1', iommuType: 'identity' }),
      at('0000:03:00.0', { iommuGroup: '2', iommuType: 'DMA-FQ' }),
      at('0000:04:00.0', { iommuGroup: '3' }),
      at('0000:05:00.0', {}),
    ];
    const ids = new Map([1, 2, 3, 4].map((bus) => [`0000:0${bus}:00.0`, `nvme${bus}`]));
    t.strictSame([...untranslatedDevices({ functions, ms: 0 }, ids)], ['nvme1', 'nvme2']);
  },
);
