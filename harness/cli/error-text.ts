import { asHarnessError, describeError } from '../common/errors.js';
import { inertLines } from '../report/inert-text.js';

/** Anything thrown, for a terminal: what a guest, a scenario or a patch has in its message moves no cursor. */
export const errorText = (thrown: unknown): string =>
  `${inertLines(describeError(asHarnessError(thrown))).join('\n')}\n`;
