import { execa } from 'execa';
import { readFileSync } from 'node:fs';
import t, { type Test } from 'tap';
import { publish } from './publish.js';
import { rig, samplesOf, scriptsOf } from './sample.test.support.js';

const withdrawn = { provider: 'shm0', published: false };

async function run(t: Test, script: string | undefined) {
  const devices = { '0000:05:00.0': { publish: '1\n', p2pmem: { published: '0\n' } } };
  const dir = t.testdir({ bus: { pci: { devices } } });
  const { stdout } = await execa('sh', ['-c', script!.replaceAll('/sys/', `${dir}/`)]);
  return { stdout, publish: readFileSync(`${dir}/bus/pci/devices/0000:05:00.0/publish`, 'utf8') };
}

t.test('the driver is told, and what the pool says is recorded', async (t) => {
  const { stdout, publish: told } = await run(t, scriptsOf(publish, withdrawn)[0]);
  t.equal(told, '0\n');
  t.same(samplesOf(publish, withdrawn, `${stdout}\n`), [{ name: 'published', value: 0 }]);
});

t.test('memory is published again when all is taken back', async (t) => {
  const [undo] = publish.undo!(publish.params.parse(withdrawn), rig);
  t.equal((await run(t, undo?.script)).publish, '1\n');
});

t.test('a kernel that does not say is no result', async (t) => {
  const silent = new Error('sysfs did not say whether the memory is published');
  t.throws(() => samplesOf(publish, withdrawn, ''), silent);
});
