import type { Sample } from './step-kind.js';

/**
 * Shell that prints the AER counters of a port, and of the root port `$port` above it
 * (Documentation/ABI/testing/sysfs-bus-pci-devices-aer_stats): `correctable RxErr 3`, `messages correctable 3`.
 */
export const countersScript = (bdf: string): string =>
  [
    'for kind in correctable nonfatal fatal; do',
    `  sed "s/^/counted $kind /" /sys/bus/pci/devices/${bdf}/aer_dev_$kind`,
    'done',
    'for kind in cor nonfatal fatal; do',
    '  sed "s/^/messages $kind /" /sys/bus/pci/devices/$port/aer_rootport_total_err_$kind',
    'done',
  ].join('\n');

/** The script's lines as a map from all but the last word to the number that is last. */
const parse = (text: string): Map<string, number> =>
  new Map(
    [...text.matchAll(/^(counted|messages) (.*?) (\d{1,9})$/gm)].map(([, file, key, value]) => [
      `${file} ${key}`,
      Number(value),
    ]),
  );

/** What went up between two looks, `nothing` if nothing did. The totals are sums of the others, and must agree. */
export function changedCounters(before: string, after: string): Sample[] {
  const [from, to] = [parse(before), parse(after)];
  const changes = [...to].flatMap(([key, value]) => {
    const change = value - (from.get(key) ?? 0);
    return change === 0 ? [] : [{ key: key.replace(/ cor$/, ' correctable'), change }];
  });
  const of = (file: string) =>
    changes
      .filter(({ key }) => key.startsWith(`${file} `) && !key.includes(' TOTAL_'))
      .map(({ key, change }) => `${key.slice(file.length + 1)} ${change}`)
      .join(', ') || 'nothing';
  const sum = (total: boolean) =>
    changes
      .filter(({ key }) => key.startsWith('counted ') && key.includes(' TOTAL_') === total)
      .reduce((all, { change }) => all + change, 0);
  const counted = of('counted') + (sum(true) === sum(false) ? '' : `, but ${sum(true)} in total`);
  return [
    { name: 'counted', value: counted },
    { name: 'messages', value: of('messages') },
  ];
}
