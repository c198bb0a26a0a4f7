import t from 'tap';
import type { Machine, Slot } from '../scenario/scenario.js';
import { hostBridge, machinesOf, ivshmem, machine, MiB, nic, nvme, scenario } from './sample.test.support.js';
import { predictPaths, type Hierarchy } from './predict.js';

const epyc = { vendor: 'AuthenticAMD', family: 0x17 };
const old = { vendor: 'AuthenticAMD', family: 0xf };

function pathsOf(slots: Machine['pcie'], over: Partial<Hierarchy> = {}) {
  const [planned] = machinesOf(scenario({ host: machine(...slots) }));
  return predictPaths({ ...planned!, cpu: epyc, acsRedirects: new Set(), ...over });
}
const card: Slot = { type: 'card', functions: [nvme('nvme0'), ivshmem('shm0')] };

t.test('below one switch: distance 4, bus address, the path turns at the switch', async (t) => {
  const slots: Slot[] = [{ type: 'switch', ports: [nvme('nvme0'), ivshmem('shm0')] }];
  t.strictSame(pathsOf(slots, { cpu: old }), [
    {
      client: 'nvme0',
      provider: 'shm0',
      distance: 4,
      map: 'bus',
      rule: 'sw0 is above both, and no bridge on the path redirects requests or completions (ACS)',
      decidedBy: 'pci_bridge_has_acs_redir',
      path: ['sw0-dp0', 'sw0', 'sw0-dp1'],
    },
  ]);
});

t.test('a switch behind the switch is two steps more', async (t) => {
  const inner: Slot = { type: 'switch', ports: [nvme('nvme0'), ivshmem('shm1')] };
  const slots: Slot[] = [{ type: 'switch', ports: [ivshmem('shm0'), inner] }];
  t.match(pathsOf(slots, { cpu: old }), [
    {
      provider: 'shm0',
      distance: 6,
      map: 'bus',
      path: ['sw0-dp1-sw-dp0', 'sw0-dp1-sw', 'sw0-dp1', 'sw0', 'sw0-dp0'],
    },
    { provider: 'shm1', distance: 4, map: 'bus', path: ['sw0-dp1-sw-dp0', 'sw0-dp1-sw', 'sw0-dp1-sw-dp1'] },
  ]);
});

t.test('two functions of a card: distance 2, bus address', async (t) => {
  t.match(pathsOf([card], { cpu: old }), [{ distance: 2, map: 'bus', path: ['rp0'] }]);
});

t.test('a card below a switch turns at its own port', async (t) => {
  const paths = pathsOf([{ type: 'switch', ports: [card] }], { cpu: old });
  t.match(paths, [{ distance: 2, map: 'bus', path: ['sw0-dp0'] }]);
});

t.test('a drive with a CMB is its own nearest provider', async (t) => {
  t.match(pathsOf([nvme('nvme0', 4 * MiB)]), [{ provider: 'nvme0', distance: 0, map: 'bus', path: [] }]);
});

t.test('two root ports on AMD since Zen: through the host bridge', async (t) => {
  t.strictSame(pathsOf([nvme('nvme0'), ivshmem('shm0')]), [
    {
      client: 'nvme0',
      provider: 'shm0',
      distance: 4,
      map: 'host-bridge',
      rule: 'no bridge is above both, so the path is through the host bridge; the CPU is AuthenticAMD family 0x17, and AMD since family 0x17 (Zen) may',
      decidedBy: 'cpu_supports_p2pdma',
      path: ['rp0', 'host bridge', 'rp1'],
    },
  ]);
});

t.test('two root ports on any other CPU: refused, with both reasons', async (t) => {
  const rule =
    'no bridge is above both, so the path is through the host bridge; the CPU is AuthenticAMD family 0xf, not AMD since family 0x17 (Zen), and 8086:29c0 is not in pci_p2pdma_whitelist';
  t.match(pathsOf([nvme('nvme0'), ivshmem('shm0')], { cpu: old }), [{ distance: 4, map: 'refused', rule }]);
});

t.test('a Hygon of a newer family is no AMD', async (t) => {
  const cpu = { vendor: 'HygonGenuine', family: 0x18 };
  t.match(pathsOf([nvme('nvme0'), ivshmem('shm0')], { cpu }), [{ map: 'refused' }]);
});

t.test('two root ports and an unknown CPU: not guessed', async (t) => {
  t.match(pathsOf([nvme('nvme0'), ivshmem('shm0')], { cpu: undefined }), [{ distance: 4, map: 'unknown' }]);
});

t.test(
  'out of a switch and down another root port: one step for each bridge and one past the top',
  async (t) => {
    const paths = pathsOf([{ type: 'switch', ports: [nvme('nvme0'), nvme('nvme1')] }, ivshmem('shm0')]);
    t.match(paths[0], { distance: 6, path: ['sw0-dp0', 'sw0', 'rp0', 'host bridge', 'rp1'] });
  },
);

t.test('ACS redirection in the common bridge makes it the host bridge’s matter', async (t) => {
  const acsRedirects = new Set(['rp0']);
  t.match(pathsOf([card], { acsRedirects }), [
    { distance: 2, map: 'host-bridge', decidedBy: 'cpu_supports_p2pdma' },
  ]);
  t.match(pathsOf([card], { acsRedirects, cpu: old }), [
    { distance: 2, map: 'refused', rule: /^ACS redirection in rp0 sends all of it up to the host bridge; / },
  ]);
});

t.test('ACS redirection above the common bridge does not matter', async (t) => {
  const slots: Slot[] = [{ type: 'switch', ports: [nvme('nvme0'), ivshmem('shm0')] }];
  t.match(pathsOf(slots, { acsRedirects: new Set(['rp0']), cpu: old }), [{ map: 'bus' }]);
});

t.test('unknown ACS control: not guessed', async (t) => {
  t.match(pathsOf([card], { acsRedirects: undefined }), [{ distance: 2, map: 'unknown' }]);
});

t.test('NICs are clients, an ivshmem is not', async (t) => {
  const paths = pathsOf([
    { type: 'switch', ports: [nic('fab0', 'fabric'), ivshmem('shm0'), ivshmem('shm1')] },
  ]);
  t.strictSame(
    paths.map(({ client, provider }) => `${client} ${provider}`),
    ['fab0 shm0', 'fab0 shm1'],
  );
});

const below = hostBridge(ivshmem('shm0'), { type: 'switch', ports: [nvme('there')] });
const twoHostBridges = [nvme('here'), below];

t.test('from one host bridge to another it is as far as through one, and the CPU decides', async (t) => {
  const [across, same] = pathsOf(twoHostBridges);
  t.strictSame(across, {
    client: 'here',
    provider: 'shm0',
    distance: 4,
    map: 'host-bridge',
    rule: 'no bridge is above both, so the path is through host bridge and host bridge 40; the CPU is AuthenticAMD family 0x17, and AMD since family 0x17 (Zen) may',
    decidedBy: 'cpu_supports_p2pdma',
    path: ['rp0', 'host bridge', 'host bridge 40', 'hb1-rp0'],
  });
  t.match(same, {
    client: 'there',
    distance: 6,
    map: 'host-bridge',
    path: ['hb1-sw1-dp0', 'hb1-sw1', 'hb1-rp1', 'host bridge 40', 'hb1-rp0'],
  });
});

t.test('what is not listed is the first function of each root bus: the MCH, or a root port', async (t) => {
  const [across, same] = pathsOf(twoHostBridges, { cpu: old });
  t.match(across, {
    map: 'refused',
    rule: /, and neither 1b36:000c nor 8086:29c0 is in pci_p2pdma_whitelist$/,
  });
  t.match(same, { map: 'refused', rule: /, and 1b36:000c is not in pci_p2pdma_whitelist$/ });
});
