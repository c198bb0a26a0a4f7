import { writeFileSync } from 'node:fs';
import path from 'node:path';
import t from 'tap';
import { fakeKernel } from '../kernel/fake-kernel.test.helper.js';
import { coldBuilds } from './cold-builds.js';

t.test('both are built from nothing, and their objects counted', async (t) => {
  const dir = t.testdir({ fake: {}, scratch: {}, 'by-hand.config': 'CONFIG_PCI=y\n' });
  const { definition, compiled } = await fakeKernel(path.join(dir, 'fake'));
  const fragment = path.join(dir, 'by-hand.config');
  const { ours, wholeMs, byHand } = await coldBuilds(definition, fragment, path.join(dir, 'scratch'));
  t.strictSame([ours.objects, byHand.objects, await compiled()], [2, 2, 2]);
  t.ok(ours.ms > 0 && ours.ms <= wholeMs && byHand.ms > 0);
});

t.test('what does not build is no measure', async (t) => {
  const dir = t.testdir({ fake: {}, scratch: {} });
  const { definition } = await fakeKernel(path.join(dir, 'fake'));
  writeFileSync(path.join(dir, 'fake/config/base.config'), 'CONFIG_PCI=m\nCONFIG_NONE=y\n');
  const error = await coldBuilds(definition, '/none', path.join(dir, 'scratch')).catch((e: unknown) => e);
  t.match(error, {
    blame: 'host',
    message: /^p2plab kernel build .*fake.yaml failed: .*\S/,
    remedy: 'make it work first: what breaks off is no measure',
  });
});
