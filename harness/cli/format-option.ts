import { InvalidArgumentError, Option } from 'commander';
import { formatNames, type FormatName } from '../report/format-names.js';

/** Names of formats, with commas between them. */
export const formatOption = (flags: string, what: string): Option =>
  new Option(flags, `${what}${formatNames.join(', ')}`).argParser(readFormats);

function readFormats(value: string): FormatName[] {
  const names = value.split(',').map((name) => name.trim());
  const unknown = names.find((name) => !(formatNames as string[]).includes(name));
  if (unknown !== undefined)
    throw new InvalidArgumentError(`${unknown || 'nothing'} is none of ${formatNames.join(', ')}.`);
  return [...new Set(names)] as FormatName[];
}
