import fc from 'fast-check';
import t from 'tap';
import { acsOf } from './topology-acs.js';

/** Extended capabilities `[at, id, next]` in 4 KiB of configuration space. */
function config(...capabilities: [number, number, number][]): Buffer {
  const space = Buffer.alloc(4096);
  for (const [at, id, next] of capabilities) space.writeUInt32LE(((next << 20) | 0x10000 | id) >>> 0, at);
  return space;
}

t.test('the capability is found behind others', async (t) => {
  const space = config([0x100, 0x0001, 0x148], [0x148, 0x000d, 0]);
  space.writeUInt16LE(0x5f, 0x14c);
  space.writeUInt16LE(0x1d, 0x14e);
  t.strictSame(acsOf(space), {
    capability: ['SV', 'TB', 'RR', 'CR', 'UF', 'DT'],
    control: ['SV', 'RR', 'CR', 'UF'],
  });
});

t.test('a function without it has none', async (t) => {
  t.equal(acsOf(config([0x100, 0x0001, 0])), undefined);
  t.equal(acsOf(Buffer.alloc(256)), undefined);
});

t.test('a list that is a ring ends', async (t) => {
  t.equal(acsOf(config([0x100, 0x0001, 0x148], [0x148, 0x0002, 0x100])), undefined);
});

t.test('whatever is in the space, it is read to an end', async (t) => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 4096 }), (bytes) => acsOf(Buffer.from(bytes)) !== null));
  t.pass();
});
