import * as z from 'zod';
import { count, deviceId, size } from '../scenario/schema-parts.js';
import { pageBytes } from './p2pmem-map.js';
import { p2pmemDir } from './rig.js';
import { stepKind, type CommandOutput } from './step-kind.js';

/** Slab objects and pages of every kind, without a word of each (Documentation/fault-injection/fault-injection.rst). */
const arm = [
  'for kind in failslab fail_page_alloc; do',
  '  cd /sys/kernel/debug/$kind || exit 1',
  '  echo N >ignore-gfp-wait; echo 0 >verbose',
  'done',
  'cd ../fail_page_alloc; echo 0 >min-order; echo N >ignore-gfp-highmem',
].join('\n');

const mapParams = z.strictObject({
  provider: deviceId('a provider'),
  bytes: size({ min: pageBytes, multipleOf: pageBytes }).default(64 * 1024),
});

/** More than an mmap of some pages does. */
const maxAllocations = 2000;

/**
 * Maps p2pmem again and again, each time with the next of the kernel's allocations failing, until none is left to fail.
 * Samples: `failed` (some, none), `otherErrors`: mmaps that ended with another error than ENOMEM, `short`: after how many
 * the pool was not whole, `complete` (1: every allocation has had its turn).
 */
export const failMap = stepKind({
  kind: 'fail-map',
  summary: "has each of the kernel's allocations fail in turn while p2pmem is mapped",
  parameters: 'provider, bytes (64k)',
  records: 'failed (some, none), otherErrors, short, complete (1)',
  params: mapParams,
  references: ({ provider }) => [{ path: ['provider'], id: provider, want: ['provider'] }],
  commands: ({ provider, bytes }, rig) => [
    {
      label: 'map',
      script: `${arm}\nexec fail-nth map ${p2pmemDir(rig.bdf(provider))}/allocate ${bytes} ${maxAllocations}`,
    },
  ],
  samples: (_, [output]) => {
    const told = JSON.parse(output?.stdout ?? '') as Record<string, number>;
    return [
      { name: 'failed', value: (told.failed ?? 0) > 0 ? 'some' : 'none' },
      ...['otherErrors', 'short', 'complete'].map((name) => ({ name, value: told[name] ?? NaN })),
    ];
  },
});

const bindParams = z.strictObject({
  device: deviceId('a device'),
  from: count({ min: 1 }).default(1),
  every: count({ min: 1 }).default(1),
  times: count({ min: 1, max: 1000 }).default(20),
});

/**
 * Binds a device's driver with one of the kernel's allocations failing, each time another one, and then without.
 * Samples: `failed` (some, none), `errors`: the names of the errnos that a bind ended with, in order of the alphabet,
 * `driver`: bound at the end (yes, no).
 */
export const failBind = stepKind({
  kind: 'fail-bind',
  summary: "has one of the kernel's allocations fail while a driver is bound, each time another",
  parameters: 'device, from (1: the first that fails), every (1), times (20)',
  records: 'failed (some, none), errors, driver (yes, no)',
  params: bindParams,
  references: ({ device }) => [{ path: ['device'], id: device, want: ['nvme', 'ivshmem', 'nic'] }],
  commands: ({ device, from, every, times }, rig) => {
    const bdf = rig.bdf(device);
    const lines = [
      'set -e',
      arm,
      `device=/sys/bus/pci/devices/${bdf}; driver=$(readlink -f $device/driver)`,
      `echo ${bdf} >$driver/unbind`,
      `n=${from}; while [ $n -lt ${from + every * times} ]; do`,
      `  fail-nth write $driver/bind ${bdf} $n`,
      `  [ ! -e $device/driver ] || echo ${bdf} >$driver/unbind`,
      `  n=$((n + ${every}))`,
      'done',
      `echo ${bdf} >$driver/bind`,
      'bound=no; [ ! -e $device/driver ] || bound=yes',
      'echo "bound $bound"; sleep 1',
    ];
    return [{ label: 'bind', script: lines.join('\n') }];
  },
  samples: (_, [output]) => readBinds(output),
});

function readBinds(output: CommandOutput | undefined) {
  const text = output?.stdout ?? '';
  const binds = [...text.matchAll(/^\{.*\}$/gm)].map(
    ([line]) => JSON.parse(line) as { failed: number; error: string },
  );
  const driver = /^bound (yes|no)$/m.exec(text)?.[1];
  if (driver === undefined) throw new Error('the script did not say whether the driver is bound');
  const errors = [...new Set(binds.map(({ error }) => error).filter(Boolean))].sort();
  return [
    { name: 'failed', value: binds.some(({ failed }) => failed) ? 'some' : 'none' },
    { name: 'errors', value: errors.join(',') || 'none' },
    { name: 'driver', value: driver },
  ];
}
