import t from 'tap';
import type { Evidence } from '../evidence/evidence.js';
import { checkPrediction } from './check-prediction.js';
import { agreeing, oneSwitch, twoPorts } from './topology.test.support.js';

const wrong = (evidence: Evidence) =>
  checkPrediction(evidence).flatMap(({ ok, blame, reason }) => (ok ? [] : [`${blame}: ${reason}`]));

t.test('every path and every choice is compared, with both sides', async (t) => {
  const checks = checkPrediction(agreeing(oneSwitch));
  t.strictSame(
    checks.map(({ name, ok, want, got }) => `${ok} ${name}: ${want} / ${got}`),
    [
      'true host: nvme0 → nvme0 is as predicted: distance 0, bus address / distance 0, bus address',
      'true host: nvme0 → shm0 is as predicted: distance 4, bus address / distance 4, bus address',
      'true host: the provider chosen for nvme0 is as predicted: nvme0 / nvme0',
    ],
  );
});

t.test('a kernel that maps a path differently fails, with the rule that it breaks', async (t) => {
  const evidence = agreeing(oneSwitch, ({ topology }) => {
    Object.assign(topology.answers!.paths[1]!, { map: 'host-bridge' });
  });
  t.strictSame(wrong(evidence), [
    'kernel: nvme0 → shm0: the kernel says distance 4, through host bridge, predicted is distance 4, bus address: sw0 is above both, and no bridge on the path redirects requests or completions (ACS)',
  ]);
});

t.test('a kernel that counts another distance fails', async (t) => {
  const evidence = agreeing(oneSwitch, ({ topology }) => {
    Object.assign(topology.answers!.paths[1]!, { distance: 5 });
  });
  t.match(wrong(evidence), [/the kernel says distance 5, bus address, predicted is distance 4, bus address/]);
});

t.test('a kernel that allows what is to be refused fails', async (t) => {
  const evidence = agreeing(twoPorts, ({ topology }) => (topology.cpu!.family = 0xf));
  t.match(wrong(evidence), [
    /nvme0 → shm0: the kernel says distance 4, through host bridge, predicted is refused: /,
  ]);
});

t.test('a refused path has no distance to compare', async (t) => {
  const evidence = agreeing(twoPorts, ({ topology }) => {
    topology.cpu!.family = 0xf;
    Object.assign(topology.answers!.paths[1]!, { map: 'refused', distance: -1 });
  });
  t.strictSame(wrong(evidence), []);
});

t.test('a choice other than the nearest fails', async (t) => {
  const evidence = agreeing(oneSwitch, ({ topology }) => {
    Object.assign(topology.answers!.choices[0]!, { provider: 'shm0' });
  });
  t.strictSame(wrong(evidence), ['kernel: for nvme0 the kernel chooses shm0, predicted is nvme0']);
});

t.test('what is not published cannot be chosen', async (t) => {
  const evidence = agreeing(oneSwitch, ({ topology }) => {
    topology.functions.find(({ cmb }) => cmb)!.pool!.published = false;
  });
  t.strictSame(wrong(evidence), ['kernel: for nvme0 the kernel chooses nvme0, predicted is shm0']);
});

t.test('a question that the kernel does not answer fails', async (t) => {
  const evidence = agreeing(oneSwitch, ({ topology }) => {
    topology.answers!.paths[1] = { client: 'nvme0', provider: 'shm0', error: 'no answer' };
  });
  t.strictSame(wrong(evidence), ['kernel: asked for the path nvme0 → shm0, the kernel gave no answer']);
});

t.test('a provider without peer memory is not compared, and that is said', async (t) => {
  const evidence = agreeing(oneSwitch, ({ topology }) => {
    Object.assign(topology.answers!.paths[1]!, { map: 'none' });
  });
  t.match(checkPrediction(evidence)[1], { ok: true, got: 'not compared: shm0 has no peer memory here' });
});

t.test('ACS that cannot be told from the command line is taken from the guest', async (t) => {
  const evidence = agreeing(oneSwitch, ({ machine }) =>
    machine.append.push('pci=config_acs=11xx@pci:1b36:c'),
  );
  t.strictSame(wrong(evidence), []);
});

t.test('a kernel without the test module is not compared, and that is said', async (t) => {
  const evidence = agreeing(oneSwitch, ({ topology }) => delete topology.answers);
  t.match(checkPrediction(evidence), [
    { ok: true, got: /^not compared: this kernel has no test module to ask/ },
  ]);
});

t.test('a guest that never booted is not compared', async (t) => {
  const evidence = agreeing(oneSwitch);
  delete evidence.machines[0]!.topology;
  t.strictSame(checkPrediction(evidence), []);
});
