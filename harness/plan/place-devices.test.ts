import t from 'tap';
import { placeDevices } from './place-devices.js';
import { hostBridge, ivshmem, machine, nvme } from './sample.test.support.js';

t.test('each slot has a root port, in order, and its device is on the bus below', async (t) => {
  const { bridges, devices } = placeDevices(machine(nvme('nvme0'), ivshmem('shm0')));
  t.match(bridges, [
    { id: 'rp0', model: 'pcie-root-port', bus: 'pcie.0', addr: '0x4', bdf: '0000:00:04.0', chassis: 1 },
    { id: 'rp1', model: 'pcie-root-port', bus: 'pcie.0', addr: '0x5', bdf: '0000:00:05.0', chassis: 2 },
  ]);
  t.match(devices, [
    { id: 'nvme0', bus: 'rp0', addr: '0.0', bdf: '0000:01:00.0', behind: ['rp0'], multifunction: false },
    { id: 'shm0', bus: 'rp1', addr: '0.0', bdf: '0000:02:00.0', behind: ['rp1'], multifunction: false },
  ]);
});

t.test('buses are numbered depth first: what follows a switch comes after all its ports', async (t) => {
  const { bridges, devices } = placeDevices(
    machine(nvme('a'), { type: 'switch', ports: [nvme('b'), nvme('c')] }, nvme('d')),
  );
  t.same(
    bridges.map(({ id, model, bus, bdf }) => `${bdf} ${id} (${model} on ${bus})`),
    [
      '0000:00:04.0 rp0 (pcie-root-port on pcie.0)',
      '0000:00:05.0 rp1 (pcie-root-port on pcie.0)',
      '0000:02:00.0 sw1 (x3130-upstream on rp1)',
      '0000:03:00.0 sw1-dp0 (xio3130-downstream on sw1)',
      '0000:03:01.0 sw1-dp1 (xio3130-downstream on sw1)',
      '0000:00:06.0 rp2 (pcie-root-port on pcie.0)',
    ],
  );
  t.same(
    devices.map(({ id, bdf, behind }) => `${bdf} ${id} behind ${behind.join('/')}`),
    [
      '0000:01:00.0 a behind rp0',
      '0000:04:00.0 b behind rp1/sw1/sw1-dp0',
      '0000:05:00.0 c behind rp1/sw1/sw1-dp1',
      '0000:06:00.0 d behind rp2',
    ],
  );
});

t.test('a switch behind a switch is numbered before what follows on the outer one', async (t) => {
  const inner = { type: 'switch' as const, ports: [nvme('b'), nvme('c')] };
  const { bridges, devices } = placeDevices(
    machine({ type: 'switch', ports: [nvme('a'), inner, nvme('d')] }),
  );
  t.same(
    bridges.slice(3).map(({ id, model, bus, bdf }) => `${bdf} ${id} (${model} on ${bus})`),
    [
      '0000:02:01.0 sw0-dp1 (xio3130-downstream on sw0)',
      '0000:04:00.0 sw0-dp1-sw (x3130-upstream on sw0-dp1)',
      '0000:05:00.0 sw0-dp1-sw-dp0 (xio3130-downstream on sw0-dp1-sw)',
      '0000:05:01.0 sw0-dp1-sw-dp1 (xio3130-downstream on sw0-dp1-sw)',
      '0000:02:02.0 sw0-dp2 (xio3130-downstream on sw0)',
    ],
  );
  t.same(
    devices.map(({ id, bdf, behind }) => `${bdf} ${id} behind ${behind.join('/')}`),
    [
      '0000:03:00.0 a behind rp0/sw0/sw0-dp0',
      '0000:06:00.0 b behind rp0/sw0/sw0-dp1/sw0-dp1-sw/sw0-dp1-sw-dp0',
      '0000:07:00.0 c behind rp0/sw0/sw0-dp1/sw0-dp1-sw/sw0-dp1-sw-dp1',
      '0000:08:00.0 d behind rp0/sw0/sw0-dp2',
    ],
  );
});

t.test('an upstream port has no chassis, all others have one of their own', async (t) => {
  const { bridges } = placeDevices(machine({ type: 'switch', ports: [nvme('a'), nvme('b')] }));
  t.strictSame(
    bridges.map(({ chassis }) => chassis),
    [1, undefined, 2, 3],
  );
});

t.test('the functions of a card share a slot, and only function 0 says so', async (t) => {
  const card = { type: 'card' as const, functions: [nvme('f0'), nvme('f1'), ivshmem('f2')] };
  const { devices } = placeDevices(machine({ type: 'switch', ports: [card] }));
  t.match(devices, [
    { id: 'f0', addr: '0.0', bdf: '0000:03:00.0', multifunction: true },
    { id: 'f1', addr: '0.1', bdf: '0000:03:00.1', multifunction: false },
    { id: 'f2', addr: '0.2', bdf: '0000:03:00.2', multifunction: false },
  ]);
});

t.test('bus numbers above 9 are hexadecimal', async (t) => {
  const { devices } = placeDevices(machine(...Array.from({ length: 17 }, (_, n) => nvme(`d${n}`))));
  t.same([devices[9]?.bdf, devices[16]?.bdf], ['0000:0a:00.0', '0000:11:00.0']);
});

t.test('a host bridge has a root bus of its own, whose ports are numbered after all of bus 0', async (t) => {
  const { bridges, devices } = placeDevices(
    machine(
      hostBridge(nvme('a'), { type: 'switch', ports: [nvme('b')] }),
      nvme('c'),
      hostBridge(ivshmem('d')),
    ),
  );
  t.same(
    bridges.map(({ id, model, bus, addr, bdf }) => `${bdf} ${id} (${model} on ${bus} at ${addr})`),
    [
      '0000:00:04.0 hb0 (pxb-pcie on pcie.0 at 0x4)',
      '0000:00:05.0 rp1 (pcie-root-port on pcie.0 at 0x5)',
      '0000:00:06.0 hb2 (pxb-pcie on pcie.0 at 0x6)',
      '0000:40:01.0 hb0-rp0 (pcie-root-port on hb0 at 0x1)',
      '0000:40:02.0 hb0-rp1 (pcie-root-port on hb0 at 0x2)',
      '0000:42:00.0 hb0-sw1 (x3130-upstream on hb0-rp1 at 0x0)',
      '0000:43:00.0 hb0-sw1-dp0 (xio3130-downstream on hb0-sw1 at 0x0)',
      '0000:80:01.0 hb2-rp0 (pcie-root-port on hb2 at 0x1)',
    ],
  );
  t.same(
    devices.map(({ id, bdf, rootBus, behind }) => `${bdf} ${id} on ${rootBus} behind ${behind.join('/')}`),
    [
      '0000:01:00.0 c on undefined behind rp1',
      '0000:41:00.0 a on 64 behind hb0-rp0',
      '0000:44:00.0 b on 64 behind hb0-rp1/hb0-sw1/hb0-sw1-dp0',
      '0000:81:00.0 d on 128 behind hb2-rp0',
    ],
  );
});
