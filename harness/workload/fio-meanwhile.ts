import { nqn, type Rig } from './rig.js';

/** What can happen to a disk while fio uses it. */
export const eventNames = ['nothing', 'reset', 'relink'] as const;
type Event = Exclude<(typeof eventNames)[number], 'nothing'>;

/** Of each job, so that a fast machine has not done its work before the first event is over. */
export const eventRate = '--rate=16m';

/** At each quarter of the work, so that the first and the last have I/O before and after them. */
const quarters = [1, 2, 3];

/**
 * Shell lines that run fio and let something happen to its disk as the work goes on, by the sectors that the block layer
 * has counted (Documentation/block/stat.rst): no event depends on how fast the guest is. fio's output comes last, after
 * `events N`: how often it happened while fio ran.
 * @param fio its command line
 * @param of `bytes` that it moves in all
 */
export const whileFioRuns = (
  event: Event,
  fio: string,
  { disk, bytes }: { disk: ReturnType<Rig['disk']>; bytes: number },
): string =>
  [
    'out=/run/p2plab-fio.out; err=/run/p2plab-fio.err; stat=/sys/block/${disk##*/}/stat',
    'moved() { read -r a b read d e f written rest <$stat; sectors=$((read + written)); }',
    event === 'reset' ? 'happen() { echo 1 >/sys/block/${disk##*/}/device/reset_controller; }' : relink(disk),
    'moved; before=$sectors; events=0',
    `${fio} >$out 2>$err & fio=$!`,
    `for quarter in ${quarters.join(' ')}; do`,
    `  until moved; [ $((sectors - before)) -ge $((quarter * ${Math.floor(bytes / 512 / 4)})) ]; do`,
    '    kill -0 $fio 2>/dev/null || break 2',
    '    sleep 0.02',
    '  done',
    '  kill -0 $fio 2>/dev/null || break',
    '  happen || exit 1',
    '  events=$((events + 1))',
    'done',
    'wait $fio; ended=$?',
    'echo "events $events"; cat $out; cat $err >&2',
    'exit $ended',
  ].join('\n');

/** Controllers of a port that loses their subsystem are deleted by the target; the host connects again. */
function relink(disk: ReturnType<Rig['disk']>): string {
  if ('bdf' in disk) return 'happen() { echo "a drive of the machine has no port" >&2; return 1; }';
  return [
    'happen() {',
    `  link=$(ls -d /sys/kernel/config/nvmet/ports/*/subsystems/${nqn(disk.subsystem)}) || return 1`,
    `  rm "$link" && ln -s /sys/kernel/config/nvmet/subsystems/${nqn(disk.subsystem)} "$link"`,
    '}',
  ].join('\n');
}
