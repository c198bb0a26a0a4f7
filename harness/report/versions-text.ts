import type { Colors } from 'picocolors/types.js';
import type { Versions } from '../series/series-document.js';
import { inertLine } from './inert-text.js';

/** What became of the version before: its patches, then its breaks. */
export function versionsText({ previous, patches, breaks }: Versions, colors: Colors): string {
  const paint = { new: colors.red, fixed: colors.green, 'still failing': colors.yellow };
  const matched = patches.map((match) => {
    if (match.change === 'dropped') return `its ${match.previous} is dropped`;
    if (match.change === 'new') return `${match.patch} is new`;
    return `${match.patch} is its ${match.previous}${match.change === 'same' ? '' : ', changed'}`;
  });
  const told = breaks.map(({ state, row, patch, previous: was, reason }) => {
    const who = state === 'fixed' ? `its patch ${was}` : `patch ${patch}`;
    return `  ${paint[state](state)}: ${inertLine(`${row}, ${who}: ${reason}`)}\n`;
  });
  const none = told.length === 0 ? '  neither breaks anything\n' : '';
  return `${inertLine(`against ${previous}: ${matched.join('; ')}`)}\n${told.join('')}${none}`;
}
