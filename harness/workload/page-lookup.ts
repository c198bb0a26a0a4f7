import * as z from 'zod';
import { deviceId, oneOf, size } from '../scenario/schema-parts.js';
import { p2pmemDir } from './rig.js';
import { pageBytes } from './p2pmem-map.js';
import { readLookup } from './read-lookup.js';
import { leavesNothing, stepKind } from './step-kind.js';
import { askTestModule } from './test-module.js';

const params = z
  .strictObject({
    page: oneOf(['bar', 'mapped', 'allocated', 'ram']),
    provider: deviceId('a provider').optional(),
    offset: size({ min: 0, multipleOf: pageBytes }).default(0),
  })
  .refine(({ page, provider }) => (page === 'ram') === (provider === undefined), {
    message: 'a provider, except of a page of ram',
    path: ['provider'],
  });

/** BAR 2 of QEMU 7.2's nvme is the CMB (hw/nvme/ctrl.c), that of ivshmem the memory (hw/misc/ivshmem.c). */
const memoryBar = 2;

/**
 * Asks the kernel whose memory a page is: one at an offset of the provider's BAR, one that a process has mapped, one
 * that the kernel has allocated, or one of RAM. Samples: see readLookup().
 */
export const pageLookup = stepKind({
  kind: 'page-lookup',
  summary: 'asks the kernel whose memory a page is, and where the CPU and the bus see it',
  parameters: 'page (bar, mapped, allocated, ram), provider, offset (in the bar, 0)',
  records:
    'provider (or none), bar, rangeOffset, rangeSize, offset, cpuOffset, busOffset, frameOffset (of a mapped page; B), device',
  params,
  references: ({ provider }) =>
    provider === undefined ? [] : [{ path: ['provider'], id: provider, want: ['provider'] }],
  commands: ({ page, provider, offset }, rig) => {
    if (provider === undefined) return [{ label: page, script: askTestModule('lookup', 'kernel') }];
    const bdf = rig.bdf(provider);
    const question = {
      bar: askTestModule('lookup', `phys $((start + ${offset}))`),
      mapped: askMapped(bdf),
      allocated: askTestModule('lookup', `kernel ${bdf}`),
      ram: '',
    }[page];
    return [
      { label: page, script: [readBar(bdf), `echo "provider ${provider} ${bdf}"`, question].join('\n') },
    ];
  },
  samples: (_, [output]) => readLookup(output?.stdout ?? ''),
  asFound: leavesNothing,
});

/** Where the BAR is: for the CPU by sysfs, on the bus by the device's own register. Sets `$start`. */
const readBar = (bdf: string): string =>
  [
    'set -e',
    `start=$(sed -n '${memoryBar + 1}s/ .*//p' /sys/bus/pci/devices/${bdf}/resource)`,
    `low=$(setpci -s ${bdf} BASE_ADDRESS_${memoryBar}); high=$(setpci -s ${bdf} BASE_ADDRESS_${memoryBar + 1})`,
    'echo "bar $start 0x$high$low"',
  ].join('\n');

/** A process maps a page and holds it; /proc/PID/pagemap has the frame number that it got. */
const askMapped = (bdf: string): string =>
  [
    'dir=$(mktemp -d); mkfifo "$dir/in" "$dir/out"',
    `p2pmem-map hold ${p2pmemDir(bdf)}/allocate ${pageBytes} <"$dir/in" >"$dir/out" & pid=$!`,
    'exec 4>"$dir/in" 5<"$dir/out"; rm -r "$dir"',
    'read -r held <&5',
    "address=$(sed -n 's/-.*p2pmem.allocate$//p' /proc/$pid/maps | head -n 1)",
    'entry=$(dd if=/proc/$pid/pagemap bs=8 count=1 skip=$((0x$address / 4096)) 2>/dev/null | od -An -tu8)',
    'echo "pagemap $entry"',
    askTestModule('lookup', 'user $pid 0x$address'),
    'exec 4>&-; wait $pid',
  ].join('\n');
