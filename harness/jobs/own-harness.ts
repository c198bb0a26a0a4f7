import { harnessVersion } from '../report/run-header.js';
import { harnessHash } from '../series/known-results.js';
import type { Plan } from './plan-document.js';

/** This p2plab, as plans and bundles tell it. */
export const ownHarness = async (): Promise<Plan['harness']> => ({
  version: harnessVersion,
  code: await harnessHash(),
});
