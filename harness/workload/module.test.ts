import { execa } from 'execa';
import path from 'node:path';
import t, { type Test } from 'tap';
import { module } from './module.js';
import { rig, samplesOf, scriptsOf } from './sample.test.support.js';

type Loaded = Record<string, { refcnt?: string; holders?: string[] }>;

/** Runs the script over files of its own for sysfs, with programs in place of busybox' that say `words` and fail, or work. */
async function run(t: Test, params: object, loaded: Loaded, words?: string) {
  const modules = Object.entries(loaded).map(([name, { refcnt, holders = [] }]) => [
    name,
    {
      holders: Object.fromEntries(holders.map((holder) => [holder, ''])),
      ...(refcnt && { refcnt: `${refcnt}\n` }),
    },
  ]);
  const dir = t.testdir({
    sys: {
      module: Object.fromEntries(modules) as Record<string, Record<string, string>>,
      bus: { pci: { devices: { a: { p2pmem: {} }, b: {} } } },
    },
    proc: { uptime: '12.34 20.00\n' },
    bin: {},
  });
  const end = words === undefined ? '' : `echo "${words}" >&2; exit 1; `;
  const tool = (name: string, then: string) =>
    execa('sh', ['-c', `printf '#!/bin/sh\n%s\n' '${end}${then}' >${name}; chmod +x ${name}`], {
      cwd: path.join(dir, 'bin'),
    });
  await tool('rmmod', `rm -r ${dir}/sys/module/$1`);
  await tool(
    'modprobe',
    `mkdir -p ${dir}/sys/module/$1/holders; echo 0 >${dir}/sys/module/$1/refcnt; echo "$@" >${dir}/asked`,
  );
  const script = scriptsOf(module, params)[0]!
    .replaceAll('/sys/', `${dir}/sys/`)
    .replaceAll('/proc/', `${dir}/proc/`);
  const env = { PATH: `${dir}/bin:${process.env.PATH}` };
  return { dir, ...(await execa('sh', ['-c', script], { reject: false, env })) };
}

const nvmet = { nvmet: { refcnt: '3', holders: ['nvmet_rdma', 'nvmet_tcp'] } };

t.test('a module that goes: its references are those before', async (t) => {
  const { stdout } = await run(t, { unload: 'nvmet' }, nvmet);
  t.same(samplesOf(module, { unload: 'nvmet' }, stdout), [
    { name: 'error', value: 'none' },
    { name: 'state', value: 'absent' },
    { name: 'references', value: 3 },
    { name: 'usedBy', value: 'nvmet_rdma nvmet_tcp' },
    { name: 'pools', value: 1 },
    { name: 'tookMs', value: 0, unit: 'ms' },
  ]);
});

t.test('what the kernel refuses is a sample', async (t) => {
  const words = "rmmod: can'\\''t unload module nvmet: Resource temporarily unavailable";
  const { stdout, exitCode } = await run(t, { unload: 'nvmet' }, nvmet, words);
  t.equal(exitCode, 0);
  t.match(samplesOf(module, { unload: 'nvmet' }, stdout), [{ value: 'EAGAIN' }, { value: 'loaded' }]);
});

t.test('one that is loaded, with dashes as its file has and parameters', async (t) => {
  const params = { load: 'p2pmem-ivshmem', parameters: { ranges: "0+16M,'32M" } };
  const { stdout, dir } = await run(t, params, {});
  const asked = await execa('cat', [`${dir}/asked`]);
  t.equal(asked.stdout, "p2pmem_ivshmem ranges=0+16M,'32M");
  t.match(samplesOf(module, params, stdout), [
    { value: 'none' },
    { value: 'loaded' },
    { value: 0 },
    { name: 'usedBy', value: 'none' },
  ]);
});

t.test('a load that fails tells why', async (t) => {
  const { stdout } = await run(
    t,
    { load: 'nvmet' },
    {},
    "modprobe: can'\\''t load module nvmet (nvmet.ko): No such device",
  );
  t.match(samplesOf(module, { load: 'nvmet' }, stdout), [{ value: 'ENODEV' }, { value: 'absent' }]);
});

t.test('only looked at, it stays', async (t) => {
  const { stdout } = await run(t, { look: 'nvmet' }, nvmet);
  t.match(samplesOf(module, { look: 'nvmet' }, stdout), [
    { value: 'none' },
    { value: 'loaded' },
    { value: 3 },
  ]);
  const gone = await run(t, { look: 'nvmet' }, {});
  t.match(samplesOf(module, { look: 'nvmet' }, gone.stdout), [
    {},
    { value: 'absent' },
    { value: 0 },
    { value: 'none' },
  ]);
});

t.test('what cannot be unloaded at all fails the step', async (t) => {
  const absent = await run(t, { unload: 'nvmet' }, {});
  t.same([absent.exitCode, absent.stderr], [1, 'module nvmet is not loaded']);
  const builtIn = await run(t, { unload: 'nvmet' }, { nvmet: {} });
  t.same([builtIn.exitCode, builtIn.stderr], [1, 'nvmet is built into this kernel']);
});

t.test('what was unloaded is loaded again when all is taken back', async (t) => {
  const undo = (params: object) => module.undo!(module.params.parse(params) as never, rig);
  t.same(undo({ unload: 'nvmet-rdma' }), [
    { label: 'load', script: '[ -e /sys/module/nvmet_rdma ] || modprobe nvmet_rdma' },
  ]);
  t.same(undo({ load: 'nvmet-rdma' }), []);
});

t.test('one thing at a time', async (t) => {
  const complaints = (params: object) =>
    module.params.safeParse(params).error?.issues.map(({ message }) => message);
  t.same(complaints({}), ['one of load, unload and look']);
  t.same(complaints({ load: 'nvmet', unload: 'nvmet' }), ['one of load, unload and look']);
  t.same(complaints({ unload: 'nvmet', parameters: { a: 1 } }), ['parameters with load only']);
  t.same(complaints({ unload: 'nvmet; reboot' }), ['the name of a module like nvmet-rdma']);
});

t.test('an output without it', async (t) => {
  t.throws(() => samplesOf(module, { look: 'nvmet' }, 'error none\n'), {
    message: 'the script did not say state',
  });
});
