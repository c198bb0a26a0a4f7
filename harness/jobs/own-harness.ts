import { harnessVersion } from '../report/run-header.js';
import { harnessHash } from '../series/known-results.js';
import type { Plan } from './plan-document.js';

let code: Promise<string> | undefined;

/** This p2plab, as plans and bundles tell it: as it was when that was first asked, as what is loaded stays, too. */
export const ownHarness = async (): Promise<Plan['harness']> => ({
  version: harnessVersion,
  code: await (code ??= harnessHash()),
});
