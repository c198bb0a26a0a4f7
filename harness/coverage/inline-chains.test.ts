import t from 'tap';
import { parseChains } from './inline-chains.js';

t.test('each address has its functions from the innermost on', async (t) => {
  const chains = parseChains(`0xffffffff8127dc30
page_zonenum
./include/linux/mmzone.h:1125
pci_p2pdma_page_range
./drivers/pci/p2pdma.c:488 (discriminator 3)
0xffffffff8127dc33
calc_map_type_and_dist.part.0
./drivers/pci/p2pdma.c:489
0xffffffff81cf2000
??
??:0
0xffffffff81cf2004
start
main.c:?
`);
  t.strictSame(
    [...chains],
    [
      [
        0x8127dc30,
        [
          { function: 'page_zonenum', file: 'include/linux/mmzone.h', line: 1125 },
          { function: 'pci_p2pdma_page_range', file: 'drivers/pci/p2pdma.c', line: 488 },
        ],
      ],
      [0x8127dc33, [{ function: 'calc_map_type_and_dist', file: 'drivers/pci/p2pdma.c', line: 489 }]],
      [0x81cf2000, []],
      [0x81cf2004, []],
    ],
  );
});
