import {
  expectedSeconds,
  secondsText,
  sumOfSeconds,
  type ExpectedSeconds,
} from '../report/expected-seconds.js';
import { readHistory } from '../report/history.js';
import { defaultKernel } from '../kernel/ensure-kernel.js';
import type { ScenarioFile } from '../scenario/read-scenario.js';
import { exitCodes } from './exit-code.js';
import { areaOf, readScenarios } from './find-scenarios.js';
import type { Terminal } from './terminal.js';
import type { AddCommand } from './command-options.js';

/** `p2plab list`: by area, a line for each scenario, and how long they take here. */
export async function listCommand({ tag }: { tag?: string }, { out, colors }: Terminal): Promise<number> {
  const files = await readScenarios([], {}, tag);
  const history = await readHistory();
  const timeOf = ({ variants }: ScenarioFile) =>
    sumOfSeconds(variants.map((v) => expectedSeconds(v, history, v.kernel ?? defaultKernel)));
  const listed = files.map((file) => ({ ...file, area: areaOf(file.file), time: timeOf(file) }));
  const width = Math.max(0, ...files.map(({ name }) => name.length));
  for (const area of new Set(listed.map((file) => file.area))) {
    const inArea = listed.filter((file) => file.area === area);
    const total = sumOfSeconds(inArea.map(({ time }) => time));
    out(`${colors.bold(area)}  ${colors.dim(`${inArea.length}, ${secondsText(total)}`)}\n`);
    for (const { name, title, tags, variants, time } of inArea) {
      const count = variants.length === 1 ? '1 variant' : `${variants.length} variants`;
      const about = [count, secondsText(time), tags.join(', ')].filter(Boolean).join('; ');
      out(`  ${name.padEnd(width)}  ${title}  ${colors.dim(`(${about})`)}\n`);
    }
  }
  out(totals(listed));
  return exitCodes.passed;
}

function totals(listed: readonly { variants: readonly unknown[]; time: ExpectedSeconds }[]): string {
  const variants = listed.reduce((sum, file) => sum + file.variants.length, 0);
  const time = sumOfSeconds(listed.map((file) => file.time));
  const guess = time.measured ? '' : '; a question mark: not yet run on this host';
  return `${listed.length} scenarios, ${variants} variants, ${secondsText(time)} one after the other${guess}\n`;
}

export const addList: AddCommand = (program, terminal, done) => {
  program
    .command('list')
    .description('list the scenarios')
    .option('--tag <expr>', 'only those whose tags match')
    .addHelpText('after', '\nExample:\n  $ p2plab list --tag "smoke and nvmeof"\n')
    .action(async (options: { tag?: string }) => done(await listCommand(options, terminal)));
};
