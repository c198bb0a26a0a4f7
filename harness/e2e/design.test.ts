import path from 'node:path';
import t from 'tap';
import type { Result } from '../report/run-document.js';
import { p2plab, readRun } from './run-p2plab.test.support.js';

const [helper, device] = ['p2pmem-6.12', 'p2pmem-6.12-device'];

/** A variant without its kernel. */
const cellOf = ({ scenario, variant }: Result) =>
  [scenario, ...Object.entries(variant).flatMap(([k, v]) => (k === 'kernel' ? [] : [`${k}=${v}`]))].join(' ');

t.test(
  'the same scenarios pass on both designs, and the run ends in a table of their properties',
  async (t) => {
    const dir = path.join(t.testdir(), 'run');
    const { exitCode, stdout } = await p2plab([
      ...['run', '--install-packages', '--tag', 'design', '--jobs', '2', '--out', dir],
    ]);
    t.equal(exitCode, 0, stdout);
    const { results, kernels } = readRun(dir);
    t.strictSame(
      kernels.map(({ name }) => name),
      [helper, device],
    );
    const cells = (kernel: string | undefined) => results.filter((r) => r.kernel === kernel).map(cellOf);
    const onlyHere = cells(helper).filter((cell) => !cells(device).includes(cell));
    t.strictSame(onlyHere, ['kunit'], 'what is no matter of the design runs once');

    const table = `${stdout}`.slice(`${stdout}`.indexOf('\nproperty '));
    t.match(table, /^property +p2pmem-6\.12 +p2pmem-6\.12-device$/m);
    t.match(table, /^lookup: a page leads to its PCI device +shm0 +shm0$/m);
    t.match(table, /^lookup: a page leads to a device of its own +none +p2pmem\d+$/m);
    t.match(table, /^lifetime: mapped again once shm0 has gone +ENODEV +ENODEV$/m);
    t.match(table, /^allocation and release of a page, of the function +\d+ ns +\d+ ns$/m);
    t.match(table, /^struct pages of 1 GiB +16777216 B +16777216 B$/m);
    t.match(table, /^lines of code added to the kernel .*p2pdma-enable \d+.*p2pmem-device \d+$/m);
  },
);
