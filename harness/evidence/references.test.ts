import t from 'tap';
import { parseReferences } from './references.js';

const bdfs = new Map([
  ['nvme0', '0000:03:00.0'],
  ['shm0', '0000:05:00.0'],
]);

t.test('each answer is a device’s', (t) => {
  const text = '0000:03:00.0 device 9\n0000:05:00.0 device 5\n';
  t.strictSame(parseReferences(text, bdfs), { nvme0: 9, shm0: 5 });
  t.end();
});

t.test('a device without an answer has no figure', (t) => {
  t.strictSame(parseReferences('0000:03:00.0 device 9\n0000:05:00.0 \n', bdfs), { nvme0: 9 });
  t.strictSame(parseReferences('', bdfs), {});
  t.end();
});
