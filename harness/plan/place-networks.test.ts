import t from 'tap';
import { placeNetworks } from './place-networks.js';
import { machine, nic, scenario } from './sample.test.support.js';

t.test('a network between two machines is a socket: the first in the file listens', async (t) => {
  const nics = placeNetworks(
    scenario({ target: machine(nic('fab0', 'fabric')), host: machine(nic('fab1', 'fabric')) }),
  );
  t.strictSame(
    [...nics.values()],
    [
      {
        id: 'fab0',
        mac: '52:54:00:77:00:01',
        address: '10.77.0.1',
        prefixLength: 24,
        netdev: 'stream,id=fab0-net,server=on,addr.type=unix,addr.path=../fabric.sock',
      },
      {
        id: 'fab1',
        mac: '52:54:00:77:00:02',
        address: '10.77.0.2',
        prefixLength: 24,
        netdev: 'stream,id=fab1-net,server=off,addr.type=unix,addr.path=../fabric.sock',
      },
    ],
  );
});

t.test('a network on one machine is a hub of its QEMU', async (t) => {
  const nics = placeNetworks(scenario({ host: machine(nic('a', 'lan'), nic('b', 'lan')) }));
  t.same(
    [...nics.values()].map(({ netdev, address }) => `${netdev} ${address}`),
    ['hubport,id=a-net,hubid=0 10.77.0.1', 'hubport,id=b-net,hubid=0 10.77.0.2'],
  );
});

t.test('every network has a subnet and MAC addresses of its own', async (t) => {
  const nics = placeNetworks(scenario({ host: machine(nic('a', 'lan'), nic('b', 'wan')) }));
  t.match(nics.get('b'), {
    address: '10.77.1.1',
    mac: '52:54:00:77:01:01',
    netdev: 'hubport,id=b-net,hubid=1',
  });
});
