import { execa } from 'execa';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import t from 'tap';
import { packageRoot } from '../common/paths.js';
import type { Evidence } from '../evidence/evidence.js';
import { planScenario, type PlanInputs } from '../plan/plan.js';
import { readScenario } from '../scenario/read-scenario.js';
import type { Scenario } from '../scenario/scenario.js';
import type { Check, Verdict } from '../verdict/check.js';
import { kindOf, stepKinds } from '../workload/step-kinds.js';
import { reproArgv } from './repro-machine.js';
import { reproScript, type ReproInputs } from './repro-script.js';

const inputs: PlanInputs = {
  host: { accelerator: 'tcg', qemu: { binary: 'qemu-system-x86_64', version: '7.2.22' } },
  kernel: { name: 'p2pmem-6.12', bzImage: '/k/bzImage' },
  rootfs: '/i/root.erofs',
  nonce: '0123456789abcdef',
};

const folder = path.join(packageRoot, 'scenarios');
const variantsOf = (file: string): Scenario[] =>
  readScenario(file, readFileSync(path.join(folder, file), 'utf8'), stepKinds).variants;
const passed: Verdict = { outcome: 'pass', reasons: [], checks: [] };

function scriptOf(scenario: Scenario, over: Partial<ReproInputs> = {}): string {
  const plan = planScenario(scenario, inputs);
  if (plan.kind === 'skip') throw new Error(plan.reasons.join());
  const evidence: Evidence = {
    schema: 'p2plab.evidence/1',
    scenario,
    machines: plan.machines.map(({ name, bridges, devices }) => ({
      ...{ name, planned: { bridges, devices }, idle: {}, log: { findings: [], more: 0, uncounted: [] } },
    })),
    steps: [],
    control: { state: 'off', steps: [] },
  };
  return reproScript({
    ...{ evidence, verdict: passed, plan, kindOf, values: [], qemuVersion: '7.2.22' },
    kernel: { file: '/k/bzImage', sha256: 'aa', how: 'build it' },
    rootfs: { file: '/i/root.erofs', sha256: 'bb', how: 'build it, too' },
    ...over,
  });
}

const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((f) => f.endsWith('.yaml'));

t.test('repro.sh of every variant of the library is a shell script', async (t) => {
  for (const file of files) {
    for (const scenario of variantsOf(file)) {
      const { exitCode, stderr } = await execa('sh', ['-n'], { input: scriptOf(scenario), reject: false });
      t.equal(exitCode, 0, `${file} ${JSON.stringify(scenario.variant)} ${stderr}`);
    }
  }
});

const [, copy] = variantsOf('copy/nvme-copy-p2p.yaml');

t.test('modules of the kernel are loaded before the first command', async (t) => {
  const own = { file: 'repro-own.tar.gz', sha256: 'cc' };
  const text = scriptOf(copy!, { own, modules: { release: '6.12.1', atBoot: ['nvme', 'nvmet'] } });
  t.match(text, '[ "$(uname -r)" = 6.12.1 ] || return 0\n');
  t.match(text, 'mv /run/p2plab-own/.kernel-modules /lib/modules/6.12.1\n');
  t.match(text, /for module in nvme nvmet; do\n/);
  t.ok(text.indexOf('  load_modules ') < text.indexOf('echo "ready Linux'), 'then it says that it is ready');
  t.equal((await execa('sh', ['-n'], { input: text, reject: false })).stderr, '');
  t.notMatch(scriptOf(copy!), 'load_modules');
});

t.test('nothing in it wants Node or SSH', async (t) => {
  t.notMatch(scriptOf(copy!), /^\s*(?:exec )?(?:node|npx|ssh|socat) /m);
});

t.test('the machine is started as in the run, with pipes in place of the sockets', async (t) => {
  const argv = [
    'qemu',
    '-append',
    'ro init=/p2plab/init panic=-1',
    '-qmp',
    'unix:q,server=on',
    '-nodefaults',
  ];
  t.strictSame(reproArgv(argv, false), [
    '$QEMU',
    '-append',
    'ro init=/bin/sh panic=-1 -- -c "mount -t sysfs sysfs /sys; . /sys/firmware/qemu_fw_cfg/by_name/opt/p2plab/steps/raw"',
    '-nodefaults',
    ...['-chardev', 'pipe,id=qmp,path=qmp', '-mon', 'chardev=qmp,mode=control'],
    ...['-chardev', 'pipe,id=steps,path=steps', '-serial', 'chardev:steps'],
    ...['-fw_cfg', 'name=opt/p2plab/steps,file=steps.sh'],
  ]);
});

t.test('what was measured beside is not measured again', async (t) => {
  const argv = ['qemu', '-append', 'ro init=/p2plab/init nokaslr panic=-1', '-qmp', 'unix:q', '-smp', '2'];
  const measured = [...argv, '-plugin', 'file=/p.so,out=x', '-msg', 'timestamp=on'];
  const plain = argv.with(2, 'ro init=/p2plab/init panic=-1');
  t.strictSame(reproArgv(measured, false), reproArgv(plain, false));
});

t.test('kernel and image are the reader’s to choose', async (t) => {
  const script = scriptOf(copy!);
  t.match(script, '\n  -kernel "$KERNEL" \\\n');
  t.match(script, 'file.driver=file,file.filename="$ROOTFS" \\\n');
  t.match(script, '\npin kernel "$KERNEL" aa "$kernel_is" \'build it\'\n');
});

t.test('a claim of data is a question to the trace', async (t) => {
  const [line] = scriptOf(copy!)
    .split('\n')
    .filter((l) => / data write /.test(l));
  t.equal(line, "low_ram=805306368 high_ram=0 data write host nvme1 2 shm0 100 0 ''");
});

const check = (name: string): Check => ({
  name,
  ok: false,
  want: '1',
  got: '0',
  blame: 'kernel',
  reason: name,
});
const lastLines = (script: string) => script.trimEnd().split('\n').slice(-2);

t.test('a failure that a shell sees: what it then does not see any more is a pass', async (t) => {
  const failed = check("host: shm0's pool is back to idle");
  const verdict: Verdict = { outcome: 'fail', reasons: [failed.name], checks: [failed] };
  t.strictSame(lastLines(scriptOf(copy!, { verdict })), ['say "repro: pass"', 'exit 0']);
});

t.test('a failure that a shell cannot see is never a pass', async (t) => {
  const failed = check('the control differs');
  const verdict: Verdict = { outcome: 'fail', reasons: [failed.name], checks: [failed] };
  t.strictSame(lastLines(scriptOf(copy!, { verdict })), [
    "say 'repro: undecided: the run failed by what a shell cannot see (the control differs); use p2plab repro'",
    'exit 3',
  ]);
});
