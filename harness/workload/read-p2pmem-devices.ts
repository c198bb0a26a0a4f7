import type { Sample } from './step-kind.js';

/**
 * Samples of what p2pmem-devices printed. `devices` is their number; those of the first are called `device0.…`:
 * `name`; `parent`, an id of the scenario or an address; `links`, of three, that lead to it: from the class, the bus, and
 * the PCI device's pool; `size`, `available`, `offset` (B), `published`, `bar`; `cpuOffset`, its physical address in the BAR
 * that sysfs shows; `busOffset`, how far its bus address is from the physical one; `node`, whether its file in /dev is
 * `its-own`.
 */
export function readP2pmemDevices(stdout: string): Sample[] {
  const [head = '', ...devices] = stdout.split(/^(?=device )/m);
  const [, id, bdf] = /^provider (\S+) (\S+)$/m.exec(head) ?? [];
  if (id === undefined) throw new Error('the script did not begin');
  const samples = devices.flatMap((text, index) =>
    ofDevice(text, (address) => (address === bdf ? id : address)).map((sample) => ({
      ...sample,
      name: `device${index}.${sample.name}`,
    })),
  );
  return [{ name: 'devices', value: devices.length }, ...samples];
}

function ofDevice(text: string, idOf: (bdf: string) => string): Sample[] {
  const all = (key: string) =>
    [...text.matchAll(new RegExp(`^${key} (.*)$`, 'gm'))].map(([, value]) => value!);
  const one = (key: string) => all(key)[0] ?? missing(key);
  const figure = (key: string) => Number(one(key));
  const [name, folder] = one('device').split(' ');
  const parent = one('parent').split('/').at(-1)!;
  return [
    { name: 'name', value: name! },
    { name: 'parent', value: idOf(parent) },
    { name: 'links', value: all('link').filter((link) => link === folder).length },
    { name: 'size', value: figure('size'), unit: 'B' },
    { name: 'available', value: figure('available'), unit: 'B' },
    { name: 'published', value: figure('published') },
    { name: 'bar', value: figure('bar') },
    { name: 'offset', value: figure('offset'), unit: 'B' },
    { name: 'cpuOffset', value: figure('phys_address') - figure('bar_start'), unit: 'B' },
    { name: 'busOffset', value: figure('bus_address') - figure('phys_address'), unit: 'B' },
    { name: 'node', value: nodeOf(one('node'), one('number')) },
  ];
}

/** stat has the node's number in hexadecimal, sysfs in decimal. */
function nodeOf(node: string, number: string): string {
  if (node === 'missing' || number === 'missing') return 'missing';
  const decimal = node.split(':').map((part) => parseInt(part, 16));
  return decimal.join(':') === number ? 'its-own' : "another's";
}

function missing(key: string): never {
  throw new Error(`the script printed no ${key}`);
}
