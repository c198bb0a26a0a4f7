import t from 'tap';
import { driveBackend } from './drive-backend.js';
import { deviceOptions, optionText } from './device-options.js';
import { ivshmem, machine, machinesOf, MiB, nic, nvme, scenario } from './sample.test.support.js';

t.test('a fault is a rule of blkdebug between the drive and its file', (t) => {
  const drive = { ...nvme('nvme1'), faults: [{ on: 'read', at: 33 * MiB } as const] };
  t.strictSame(driveBackend(drive, 'nvme1.disk'), [
    '-blockdev',
    'driver=raw,node-name=nvme1-disk,discard=unmap,cache.no-flush=on,file.driver=blkdebug,' +
      'file.inject-error.0.event=none,file.inject-error.0.iotype=read,file.inject-error.0.sector=67584,' +
      'file.inject-error.0.errno=5,file.image.driver=file,file.image.filename=nvme1.disk',
  ]);
  t.end();
});

t.test('a slow drive is a throttle filter above it', (t) => {
  t.strictSame(driveBackend({ ...nvme('nvme1'), iops: 50 }, 'nvme1.disk'), [
    ...['-object', 'throttle-group,id=nvme1-throttle,x-iops-total=50'],
    '-blockdev',
    'driver=throttle,node-name=nvme1-disk,throttle-group=nvme1-throttle,file.driver=raw,file.discard=unmap,' +
      'file.cache.no-flush=on,file.file.driver=file,file.file.filename=nvme1.disk',
  ]);
  t.end();
});

const planned = (hotplug: boolean) =>
  machinesOf(
    scenario({ host: { ...machine(nvme('nvme0', 16 * MiB), ivshmem('shm0'), nic('net0', 'lan')), hotplug } }),
  )[0]!;

t.test('a device is plugged in as it was on the command line', (t) => {
  const { argv, hotplug, devices } = planned(true);
  for (const { id } of devices) t.ok(argv.includes(optionText(hotplug![id]!.device)), id);
  t.strictSame(hotplug!.shm0?.memory, {
    ...{ 'qom-type': 'memory-backend-file', size: 32 * MiB, share: true, 'mem-path': 'shm0.bar' },
  });
  t.end();
});

t.test('where devices can be plugged, pciehp does it and a subsystem keeps the namespace', (t) => {
  const { argv } = planned(true);
  t.ok(argv.includes('ICH9-LPC.acpi-pci-hotplug-with-bridge-support=off'));
  t.ok(argv.includes('nvme-subsys,id=nvme0-subsys,nqn=nvme0'));
  t.ok(argv.includes('nvme,id=nvme0,bus=rp0,addr=0.0,serial=nvme0,cmb_size_mb=16,subsys=nvme0-subsys'));
  t.end();
});

t.test('without hotplug there is none of that', (t) => {
  const { argv, hotplug } = planned(false);
  t.equal(hotplug, undefined);
  t.notOk(argv.some((arg) => /acpi-pci-hotplug|subsys/.test(arg)));
  t.end();
});

t.test('a function of a card says that there are more', (t) => {
  const at = {
    id: 'shm0',
    bus: 'rp0',
    addr: '0.0',
    multifunction: true,
    bdf: '0000:01:00.0',
    behind: ['rp0'],
  };
  const options = deviceOptions({ ...at, device: ivshmem('shm0') }, new Map());
  t.equal(optionText(options), 'ivshmem-plain,id=shm0,bus=rp0,addr=0.0,multifunction=on,memdev=shm0-mem');
  t.end();
});
