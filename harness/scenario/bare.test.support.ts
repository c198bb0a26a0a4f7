import type { Scenario } from './scenario.js';

/** A scenario that does nothing and expects nothing, but for what is given. */
export const bareScenario = (over: Partial<Scenario> = {}): Scenario => ({
  file: 's.yaml',
  name: 's',
  title: 's',
  tags: [],
  variant: {},
  needs: { kernel: [], qemu: [] },
  machines: {},
  without: [],
  steps: [],
  expect: [],
  ...over,
});
