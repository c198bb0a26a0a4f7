import { execa } from 'execa';
import { copyFile, mkdir, readFile, readdir, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import t from 'tap';
import type { Evidence } from '../../evidence/evidence.js';
import { scenarioTitle } from '../../scenario/scenario.js';
import { p2plab, readRun } from '../run-p2plab.test.support.js';

const modular = 'p2pmem-6.12-modules';

const folder = t.testdir();

async function run(name: string, args: string[]) {
  const dir = path.join(folder, name);
  const { exitCode, stdout } = await p2plab(['run', '--install-packages', ...args, '--out', dir]);
  return { dir, exitCode, stdout };
}

t.test('modules stay while they are in use, and go when they are not', async (t) => {
  const { dir, exitCode, stdout } = await run('in-use', ['module-provider', 'module-drive', 'module-target']);
  t.equal(exitCode, 0, stdout);
  const again = await execa(path.join(dir, 'results/module-target/repro.sh'), {
    env: { PATH: '/usr/bin:/bin', WORK: path.join(dir, 'w') },
    extendEnv: false,
    reject: false,
  });
  t.equal(again.exitCode, 0, again.stdout);
  t.match(again.stdout, /^ok {6}target-stays\.references is 9$/m);
});

t.test('the smoke scenarios run unchanged on a kernel with modules', async (t) => {
  const { exitCode, stdout } = await run('smoke', ['--tag', 'smoke', '--kernel', modular]);
  t.equal(exitCode, 0, stdout);
});

/** What `make bzImage modules` would leave in a folder of one's own. */
async function buildFolder(dir: string): Promise<string> {
  const { stdout } = await p2plab(['kernel', 'build', modular]);
  const built = path.dirname(stdout.trim().split('\n').at(-1)!);
  await mkdir(path.join(dir, 'arch/x86/boot'), { recursive: true });
  await copyFile(path.join(built, 'bzImage'), path.join(dir, 'arch/x86/boot/bzImage'));
  for (const file of ['vmlinux', '.config']) await symlink(path.join(built, file), path.join(dir, file));
  const installed = path.join(built, 'modules/lib/modules');
  const [release] = await readdir(installed);
  const kernelFolder = path.join(installed, release!, 'kernel');
  const files = (await readdir(kernelFolder, { recursive: true })).filter((file) => file.endsWith('.ko'));
  for (const file of files) {
    await mkdir(path.dirname(path.join(dir, file)), { recursive: true });
    await symlink(path.join(kernelFolder, file), path.join(dir, file));
  }
  await writeFile(path.join(dir, 'modules.order'), files.map((file) => file.replace('.ko', '.o\n')).join(''));
  return dir;
}

t.test('modules of a build folder are used as well', async (t) => {
  const kernel = await buildFolder(path.join(folder, 'linux'));
  const args = ['nvmeof-rdma-p2p', '--set', 'provider=shm0', '--kernel', kernel];
  const { dir, exitCode, stdout } = await run('build', args);
  t.equal(exitCode, 0, stdout);
  const evidence = await readFile(
    path.join(dir, 'results/nvmeof-rdma-p2p.provider=shm0/evidence.json'),
    'utf8',
  );
  const { machines } = JSON.parse(evidence) as Evidence;
  t.match(
    machines.map(({ moduleReferences }) => moduleReferences?.before),
    [{ nvmet_rdma: 0 }],
  );
});

t.test('where they are built in, it is a skip with that sentence', async (t) => {
  const { dir, exitCode } = await run('built-in', ['module-target', '--kernel', 'p2pmem-6.12']);
  t.equal(exitCode, 4);
  const said = ['nvmet', 'nvmet_rdma', 'nvme', 'nvme_rdma', 'p2pmem_ivshmem', 'nvmet_tcp', 'nvme_loop'].map(
    (name) => `kernel p2pmem-6.12 has no module ${name}: it is built in, or not there`,
  );
  t.strictSame(
    readRun(dir).results.map(({ reasons }) => reasons),
    [said],
  );
});

const transportKept = `Keep the reference to the transport when a port goes

--- a/drivers/nvme/target/core.c
+++ b/drivers/nvme/target/core.c
@@ -386,7 +386,6 @@ void nvmet_disable_port(struct nvmet_port *port)
 
 	ops = nvmet_transports[port->disc_addr.trtype];
 	ops->remove_port(port);
-	module_put(ops->owner);
 }
 
 static void nvmet_keep_alive_timer(struct work_struct *work)
`;

t.test('a reference that is never given back is found', async (t) => {
  const patch = path.join(folder, 'kept.patch');
  await writeFile(patch, transportKept);
  const { dir, exitCode } = await run('kept', ['module-target', '--patch', patch]);
  t.equal(exitCode, 1);
  const [result] = readRun(dir).results;
  t.equal(scenarioTitle(result!.scenario, result!.variant), 'module-target');
  t.equal(result!.reasons[0], 'transport-goes.references is 1, not 0');
});
