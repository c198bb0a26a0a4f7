import { formatSize } from '../common/size.js';

/** What is needed of fio's parameters; bytes. */
export type Workload = { rw: string; bs: number[]; size: number };

const shortUsleep = '/p2plab/lib/short-usleep.so';

/**
 * A shell line before fio of several jobs: it does not wait a fifth of a second between one and the next
 * (images/programs/short-usleep.c). Not for what is counted or timed by more than fio itself.
 */
export const withoutPauses = `[ ! -e ${shortUsleep} ] || export LD_PRELOAD=${shortUsleep}`;

/** A job of fio on `bytes` of the disk, which are whole blocks of `bs`. It is alone when none runs beside it that came before. */
export type FioJob = {
  name: string;
  rw: string;
  direction: 'read' | 'write';
  bs: number;
  offset: number;
  bytes: number;
  alone: boolean;
};

/**
 * A job per block size, each on a region of `size` of its own. Of a mixed workload fio checks no reads (do_io() in
 * backend.c, 3.33), so that it is two jobs at once, on half a region each.
 */
export function fioJobs({ rw, bs, size }: Workload): FioJob[] {
  return bs.flatMap((bytes, n): FioJob[] => {
    const name = `bs=${formatSize(bytes)}`;
    const start = n * size;
    if (rw !== 'randrw') {
      const direction = rw.endsWith('read') ? 'read' : 'write';
      const whole = wholeBlocks(size, bytes);
      return [{ name, rw, direction, bs: bytes, offset: start, bytes: whole, alone: true }];
    }
    const half = wholeBlocks(size / 2, bytes);
    const job = { bs: bytes, bytes: half };
    return [
      { ...job, name: `${name}.read`, rw: 'randread', direction: 'read', offset: start, alone: true },
      {
        ...job,
        name: `${name}.write`,
        rw: 'randwrite',
        direction: 'write',
        offset: start + half,
        alone: false,
      },
    ];
  });
}

/** fio would write a last block beyond the size, into the region of the next job. */
const wholeBlocks = (size: number, bs: number): number => size - (size % bs);
