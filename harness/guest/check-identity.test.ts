import fc from 'fast-check';
import t from 'tap';
import { buildIdFromNotes, checkIdentity } from './check-identity.js';
import type { Guest } from './connect-guest.js';

const { signal } = new AbortController();
const padded = (bytes: Uint8Array) => Buffer.concat([bytes, Buffer.alloc(-bytes.length & 3)]);

/** An ELF note (elf(5)), as the kernel has them in /sys/kernel/notes. */
function note(owner: string, type: number, content: Uint8Array): Buffer {
  const name = Buffer.from(`${owner}\0`);
  const header = Buffer.alloc(12);
  [name.length, content.length, type].forEach((n, i) => header.writeUInt32LE(n, 4 * i));
  return Buffer.concat([header, padded(name), padded(content)]);
}

const id = Buffer.from('0123456789abcdef0123456789abcdef01234567', 'hex');
const xen = note('Xen', 6, Buffer.from('linux\0'));

/** A guest that answers with that. */
const guest = (cmdline: string, release: string, notes: Buffer): Guest => ({
  machine: 'host',
  run: () => Promise.reject(new Error('not here')),
  send: () => Promise.reject(new Error('not here')),
  shell: () => Promise.reject(new Error('not here')),
  read: async () =>
    Buffer.from(`${cmdline}\n${release}\n ${notes.toString('hex').replaceAll(/../g, ' $&')}\n`),
  [Symbol.asyncDispose]: async () => {},
});
const cmdline = 'console=ttyS0 p2plab.machine=host p2plab.nonce=00ff panic=-1';
const expected = { nonce: '00ff', release: '6.12.95', buildId: id.toString('hex') };

t.test('the build id is found wherever it stands among other notes', async () => {
  const other = fc
    .tuple(fc.string({ unit: 'binary-ascii' }), fc.nat(), fc.uint8Array())
    .filter(([owner, type]) => owner !== 'GNU' || type !== 3)
    .map(([owner, type, content]) => note(owner, type, content));
  fc.assert(
    fc.property(fc.array(other), fc.array(other), fc.uint8Array({ minLength: 1 }), (before, after, bytes) => {
      const found = buildIdFromNotes(Buffer.concat([...before, note('GNU', 3, bytes), ...after]));
      return found === Buffer.from(bytes).toString('hex');
    }),
  );
});

t.test('notes that are cut short or nonsense have no build id, and end', async () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      const found = buildIdFromNotes(Buffer.from(bytes));
      return found === undefined || /^[0-9a-f]*$/.test(found);
    }),
  );
});

t.test('GNU notes of another type are no build id', async (t) => {
  t.equal(buildIdFromNotes(Buffer.concat([note('GNU', 1, id), xen])), undefined);
});

t.test('the guest that was meant is believed', async (t) => {
  const notes = Buffer.concat([xen, note('GNU', 3, id)]);
  await t.resolves(checkIdentity(guest(cmdline, '6.12.95', notes), expected, signal));
});

t.test('a kernel that came without its vmlinux is believed by its release', async (t) => {
  await t.resolves(
    checkIdentity(guest(cmdline, '6.12.95', xen), { ...expected, buildId: undefined }, signal),
  );
});

const strangers: [string, Guest, string][] = [
  ['nonce', guest('p2plab.nonce=00fe', '6.12.95', xen), 'host shows nonce 00fe, wanted 00ff'],
  ['command line', guest('quiet', '6.12.95', xen), 'host shows nonce none, wanted 00ff'],
  ['release', guest(cmdline, '6.12.9', xen), 'host shows kernel release 6.12.9, wanted 6.12.95'],
  [
    'build id',
    guest(cmdline, '6.12.95', note('GNU', 3, Buffer.from('ff', 'hex'))),
    `host shows kernel build id ff, wanted ${expected.buildId}`,
  ],
];
for (const [what, stranger, message] of strangers) {
  t.test(`another ${what} is another guest`, async (t) => {
    await t.rejects(checkIdentity(stranger, expected, signal), { blame: 'harness', message });
  });
}
