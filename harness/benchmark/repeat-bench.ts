import { inertLine } from '../report/inert-text.js';
import { shellQuote } from '../vm/pasteable-command.js';
import type { BenchDocument } from './bench-document.js';

/** A command that does it again, where the bench was started; in parts that belong onto one line each. */
export function repeatParts(document: BenchDocument): string[] {
  const { scenario, base, head, kinds, resolutionPercent, budgetSeconds, seed } = document;
  const common = Object.entries(base.set).filter(([key, value]) => head.set[key] === value);
  const own = (side: typeof base) =>
    Object.entries(side.set).filter(([key]) => !common.some(([k]) => k === key));
  const set = (flag: string, settings: [string, string][]) =>
    settings.map(([key, value]) => [flag, `${key}=${value}`]);
  const parts = [
    ['npx', 'p2plab', 'bench', scenario],
    ['--base', base.kernel],
    ['--head', head.kernel],
    ...head.patches.map((patch) => ['--patch', patch]),
    ...set('--set', common),
    ...set('--base-set', own(base)),
    ...set('--head-set', own(head)),
    ...(kinds.length === 3 ? [] : [['--kind', kinds.join(',')]]),
    ['--resolution', `${resolutionPercent}%`],
    ['--budget', `${budgetSeconds}s`],
    ['--seed', `${seed}`],
  ];
  return parts.map((words) => words.map((word) => shellQuote(inertLine(word))).join(' '));
}
