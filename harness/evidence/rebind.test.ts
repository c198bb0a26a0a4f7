import t from 'tap';
import type { Guest } from '../guest/connect-guest.js';
import { parseBind, rebindProvider } from './rebind.js';

t.test('the pool that came back is read, or that there is none', (t) => {
  t.strictSame(parseBind('pool 67108864 67104768 1\n'), {
    pool: { size: 67108864, available: 67104768, published: 1 },
  });
  t.strictSame(parseBind('pool \n'), {});
  t.end();
});

t.test('what the kernel says to a bind that it refuses is kept', (t) => {
  t.strictSame(parseBind('refused sh: write error: Cannot allocate memory\n'), {
    refused: 'Cannot allocate memory',
  });
  t.end();
});

t.test('the driver that was there is the one that is bound again', async (t) => {
  const scripts: string[] = [];
  const answers = ['p2pmem-ivshmem \n', 'pool 8192 8192 1\n'];
  const read = async (script: string) => {
    scripts.push(script);
    return Buffer.from(answers.shift()!);
  };
  const idle = { size: 8192, available: 8192, published: 1 };
  const seen = await rebindProvider(
    { read } as unknown as Guest,
    { id: 'shm0', bdf: '0000:05:00.0', idle },
    new AbortController().signal,
  );
  t.match(seen, { device: 'shm0', driver: 'p2pmem-ivshmem', poolWhileUnbound: false, pool: idle });
  t.match(scripts[1], 'echo 0000:05:00.0 >/sys/bus/pci/drivers/p2pmem-ivshmem/bind');
});
