import { bareScenario } from '../scenario/bare.test.support.js';
import type { Scenario } from '../scenario/scenario.js';
import type { Candidate } from './choose-scenarios.js';
import type { MutantEntry, MutantsDocument } from './mutants-document.js';
import { readMutant, type Mutant } from './read-mutant.js';

export const patchText = (header: string, diff = '-old\n+new\n'): string =>
  `Subject: [PATCH] pci: Do it\n\nWhy.\n\n${header}\n---\n a.c | 2 +-\n\n--- a/a.c\n+++ b/a.c\n${diff}`;

export const mutant = (name: string, area = 'copy', diff?: string): Mutant =>
  readMutant(`/m/${name}.patch`, patchText(`Mutant: ${area}, corruption, data are the same`, diff));

export const candidate = (
  name: string,
  area: string,
  seconds: number,
  over: Partial<Scenario> = {},
): Candidate => ({
  area,
  seconds,
  scenario: bareScenario({ file: `scenarios/${area}/${name}.yaml`, name, title: 'A title', ...over }),
});

export const entry = (over: Partial<MutantEntry> = {}): MutantEntry => ({
  name: 'wrong-offset',
  area: 'copy',
  class: 'corruption',
  rule: 'data are the same',
  patchId: 'p',
  baseKernel: 'k',
  scenarios: 's',
  state: 'killed',
  cause: {
    title: 'copy [provider=shm0]',
    variantId: 'v',
    check: 'read: commands succeed',
    reason: 'verify | failed',
  },
  variantsRun: 1,
  buildMs: 40_000,
  runMs: 9_400,
  at: '2026-11-26T20:00:00.000Z',
  ...over,
});

export const document = (mutants: MutantEntry[]): MutantsDocument => ({
  schema: 'p2plab.mutants/1',
  kernel: { name: 'p2pmem-6.12', release: '6.12.117-p2plab', id: '0123456789abcdef' },
  baseline: [],
  mutants,
});
