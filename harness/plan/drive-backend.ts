import type { NvmeDrive } from '../scenario/scenario.js';

/**
 * QEMU's arguments for what is behind a drive: its file, and between them what the scenario asks for. blkdebug
 * (docs/devel/blkdebug.txt) fails requests that touch a place, the throttle filter (docs/throttle.txt) makes all wait.
 * @param file in the machine's folder
 */
export function driveBackend({ id, faults = [], iops }: NvmeDrive, file: string): string[] {
  const disk = faults.length === 0 ? fileNode('file', file) : faultyNode(faults, file);
  const node = `${id}-disk`;
  const raw = (prefix: string) =>
    ['discard=unmap', 'cache.no-flush=on', ...disk].map((option) => prefix + option);
  if (iops === undefined) return ['-blockdev', ['driver=raw', `node-name=${node}`, ...raw('')].join(',')];
  const group = `${id}-throttle`;
  const throttled = ['driver=throttle', `node-name=${node}`, `throttle-group=${group}`, 'file.driver=raw'];
  return [
    ...['-object', `throttle-group,id=${group},x-iops-total=${iops}`],
    ...['-blockdev', [...throttled, ...raw('file.')].join(',')],
  ];
}

const fileNode = (key: string, file: string) => [`${key}.driver=file`, `${key}.filename=${file}`];

/** Every time: a rule without an event of its own is active from the start (`none`, since QEMU 4.1). */
function faultyNode(faults: NonNullable<NvmeDrive['faults']>, file: string): string[] {
  const rules = faults.flatMap(({ on, at }, n) =>
    ['event=none', `iotype=${on}`, `sector=${at / 512}`, 'errno=5'].map((o) => `file.inject-error.${n}.${o}`),
  );
  return ['file.driver=blkdebug', ...rules, ...fileNode('file.image', file)];
}
