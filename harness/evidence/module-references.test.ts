import t from 'tap';
import type { Guest } from '../guest/connect-guest.js';
import { parseModuleReferences, readModuleReferences } from './module-references.js';

const signal = new AbortController().signal;

t.test('modules that use a module’s symbols do not count', async (t) => {
  const text = `crc32_generic 12288 0 - Live 0xffffffffa0108000
nvmet 147456 9 nvme_loop,nvmet_rdma,nvmet_tcp, Live 0xffffffffa0085000
nvme_core 135168 6 nvme,[permanent], Live 0xffffffffa0000000 (O)
`;
  t.same(parseModuleReferences(text), { crc32_generic: 0, nvmet: 6, nvme_core: 5 });
  t.same(parseModuleReferences(''), {});
});

/** Shows one count of nvmet after the other, the last for ever. */
function fakeGuest(counts: number[]) {
  let asked = 0;
  const read = async () =>
    Buffer.from(`nvmet 1 ${counts[Math.min(asked++, counts.length - 1)]} - Live 0x0\n`);
  return { guest: { read } as unknown as Guest, asked: () => asked };
}

t.test('what is given back later is waited for', async (t) => {
  const { guest } = fakeGuest([3, 2, 0, 7]);
  t.same(await readModuleReferences(guest, { nvmet: 0 }, signal, 0), { nvmet: 0 });
});

t.test('with nothing to expect, and of a module that was not there, one look does', async (t) => {
  const { guest, asked } = fakeGuest([3]);
  t.same(await readModuleReferences(guest, undefined, signal), { nvmet: 3 });
  t.same(await readModuleReferences(guest, { nvme: 0 }, signal, 0), { nvmet: 3 });
  t.equal(asked(), 2);
});

t.test('what nobody gives back is told in the end', async (t) => {
  const { guest, asked } = fakeGuest([1]);
  t.same(await readModuleReferences(guest, { nvmet: 0 }, signal, 0), { nvmet: 1 });
  t.equal(asked(), 25);
});
