import { HarnessError } from '../common/errors.js';
import { fakeKinds } from './fake-kinds.test.support.js';
import { readScenario } from './read-scenario.js';

/** A whole scenario of 24 lines, to be made wrong in one place by `problemsOf`. */
export const good = `name: sample
title: One drive and two providers
tags: [copy]
matrix:
  provider: [nvme0, shm0]
params:
  size: 8M
machines:
  host:
    cpu: EPYC
    pcie:
      - switch:
          - { nvme: nvme0, size: 64M, cmb: 32M }
          - { nvme: nvme1, size: 256M }
          - { ivshmem: shm0, size: 64M }
      - { nic: net0, network: lan }
steps:
  - name: write
    fio: { disk: nvme1, rw: write, bs: [4k, 16k], size: '\${size}', memory: '\${provider}' }
  - p2pmem-map: { provider: shm0, pages: 8 }
    only: { provider: shm0 }
expect:
  - data: { steps: write, drive: nvme1, through: '\${provider}', atLeast: 99% }
  - { value: p2pmem-map.pagesTaken, is: 8, only: { provider: [shm0] } }
`;

/** The lines of the error for a text, none if it is read. */
export function problemsIn(text: string, set?: Record<string, string>): string[] {
  try {
    readScenario('a.yaml', text, fakeKinds, set);
    return [];
  } catch (error) {
    if (error instanceof HarnessError && error.blame === 'scenario') return error.message.split('\n');
    throw error;
  }
}

/** The problems of the good scenario after one replacement, which must be of something that is there. */
export function problemsOf(from: string, to: string): string[] {
  if (!good.includes(from)) throw new Error(`the sample has no ${from}`);
  return problemsIn(good.replace(from, () => to));
}
