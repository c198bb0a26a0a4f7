import { appendFileSync, existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import t from 'tap';
import { fakePlan, keys, limits } from './fake-qemu.test.support.js';
import { moveVm } from './move-vm.js';
import { startVm } from './start-vm.js';

const { signal } = new AbortController();

t.test('a machine that moves tells all in the new folder, also what nobody has read yet', async (t) => {
  const root = t.testdir({ first: {} });
  const [first, second] = [path.join(root, 'first'), path.join(root, 'second')];
  const plan = fakePlan('boots');
  await using vm = await startVm(plan, first, keys, limits(), signal);
  const lines: string[] = [];
  vm.console.onLine((line) => lines.push(line));
  const consoleFrom = statSync(vm.console.file).size;
  appendFileSync(vm.console.file, 'WARNING: late\n');
  writeFileSync(path.join(first, 'nvme0.disk'), 'x'.repeat(2 ** 20));

  await moveVm(vm, plan, { dir: second, consoleFrom }, signal);
  t.equal(vm.console.file, path.join(second, 'console.log'));
  t.equal(readFileSync(vm.console.file, 'latin1'), 'first line of another console\r\nWARNING: late\n');
  t.ok(readFileSync(path.join(second, 'nvme0.disk')).equals(Buffer.alloc(2 ** 20)), 'the disk is empty');
  t.notOk(existsSync(path.join(first, 'nvme0.disk')));
  t.equal(statSync(path.join(second, 'qemu.log')).ino, statSync(path.join(first, 'qemu.log')).ino);
  await vm.console.catchUp();
  t.strictSame(lines.slice(0, 2), ['WARNING: late', 'first line of another console']);
});

t.test('a QEMU that does not write its trace elsewhere', async (t) => {
  const root = t.testdir({ first: {} });
  const plan = fakePlan('boots');
  await using vm = await startVm(plan, path.join(root, 'first'), keys, limits(), signal);
  const traced = { ...plan, argv: [...plan.argv, '-D', 'dma.trace'] };
  const moving = moveVm(vm, traced, { dir: path.join(root, 'second'), consoleFrom: 0 }, signal);
  await t.rejects(moving, {
    blame: 'host',
    message: 'QEMU of host does not write its trace elsewhere: invalid option -- filename',
    remedy: 'give each variant a boot of its own with --fresh-boots',
  });
});
