import fc from 'fast-check';
import t from 'tap';
import { inOrderOfStart, nextToStart, type Job, type Room, type RunningJob } from './next-to-start.js';

type Named = Job & { n: number; /** What it takes, whatever was expected. */ really: number };

const job = ({ memory = 1, mostMemory = memory, ...over }: Partial<Job> = {}): Job => {
  return { seconds: 10, cpus: 2, memory, mostMemory, alone: false, ...over };
};
const room: Room = { jobs: 2, cpus: 4, memory: 10 };
const since = (startedAtSeconds: number, over: Partial<Job> = {}): RunningJob => {
  return { ...job(over), startedAtSeconds };
};

t.test('benchmarks first, then the longest', async (t) => {
  const jobs = [job({ seconds: 1 }), job({ seconds: 9 }), job({ seconds: 2, alone: true })];
  t.strictSame(
    inOrderOfStart(jobs).map(({ seconds }) => seconds),
    [2, 9, 1],
  );
});

t.test('the first, as far as there is room', async (t) => {
  const waiting = [job()];
  t.equal(nextToStart(waiting, [since(0)], room, 1), waiting[0]);
  t.equal(nextToStart(waiting, [since(0), since(0)], room, 1), undefined, 'jobs');
  t.equal(nextToStart(waiting, [since(0, { cpus: 3 })], room, 1), undefined, 'CPUs');
  t.equal(nextToStart(waiting, [since(0, { memory: 10 })], room, 1), undefined, 'memory');
});

t.test('any one of them may come to all that it can, but not two', async (t) => {
  const waiting = [job({ memory: 2, mostMemory: 8 })];
  t.equal(nextToStart(waiting, [since(0, { memory: 2, mostMemory: 8 })], room, 1), waiting[0], '2 and 8');
  t.equal(nextToStart(waiting, [since(0, { memory: 2, mostMemory: 9 })], room, 1), undefined, '2 and 9');
  t.equal(nextToStart(waiting, [since(0, { memory: 3, mostMemory: 3 })], room, 1), undefined, '3 and 8');
});

t.test('on an idle host also what does not fit', async (t) => {
  const waiting = [job({ cpus: 64, memory: 99 })];
  t.equal(nextToStart(waiting, [], room, 0), waiting[0]);
});

t.test('meanwhile a job that will be over when there is room for the first', async (t) => {
  const [wide, long, short] = [job({ cpus: 4, seconds: 60 }), job({ seconds: 6 }), job({ seconds: 4 })];
  t.equal(nextToStart([wide, long, short], [since(0)], room, 5), short);
  t.equal(nextToStart([wide, long, short], [since(0)], room, 7), undefined);
});

t.test('nothing beside a benchmark', async (t) => {
  t.equal(nextToStart([job({ alone: true })], [since(0)], room, 1), undefined);
  t.equal(nextToStart([job({ seconds: 1 })], [since(0, { alone: true })], room, 1), undefined);
});

const jobs = fc
  .array(
    fc.record({
      seconds: fc.integer({ min: 1, max: 60 }),
      really: fc.integer({ min: 1, max: 200 }),
      cpus: fc.constantFrom(1, 2, 2, 4, 8),
      memory: fc.integer({ min: 1, max: 8 }),
      unexpected: fc.integer({ min: 0, max: 8 }),
      alone: fc.constantFrom(false, false, false, false, true),
    }),
    { maxLength: 30, size: 'max' },
  )
  .map((all) =>
    all.map(({ unexpected, ...each }, n): Named => ({ ...each, n, mostMemory: each.memory + unexpected })),
  );
const rooms = fc.record({
  jobs: fc.integer({ min: 1, max: 4 }),
  cpus: fc.integer({ min: 2, max: 8 }),
  memory: fc.integer({ min: 8, max: 32 }),
});

t.test('everything runs once, never beyond the limits', async () => {
  fc.assert(
    fc.property(jobs, rooms, (all, room) => {
      const seen = simulate(all, room);
      if (seen.began.length !== all.length || new Set(seen.began).size !== all.length) return false;
      return seen.moments.every(
        (running) =>
          running.length === 1 ||
          (running.length <= room.jobs &&
            sum(running, 'cpus') <= room.cpus &&
            running.every(
              ({ memory, mostMemory }) => sum(running, 'memory') - memory + mostMemory <= room.memory,
            ) &&
            !running.some(({ alone }) => alone)),
      );
    }),
  );
});

t.test('no job waits for ever: while expectations hold, none delays one that stood before it', async () => {
  fc.assert(
    fc.property(jobs, rooms, (all, room) => {
      const exact = all.map((each) => ({ ...each, really: each.seconds }));
      const { heads } = simulate(exact, room);
      return heads.every(({ promised, began }) => began <= promised);
    }),
  );
});

t.test(
  'and when they do not, it waits for what ran and what was to be over by then, and no more',
  async () => {
    fc.assert(
      fc.property(jobs, rooms, (all, room) =>
        simulate(all, room).heads.every(({ promised, overtakenAt }) =>
          overtakenAt.every((at) => at <= promised),
        ),
      ),
    );
  },
);

/** As run() does it, with time that passes at once. `heads`: of each job that stood first and had to wait. */
function simulate(all: readonly Named[], room: Room) {
  let now = 0;
  let waiting = inOrderOfStart(all);
  let running: (Named & RunningJob)[] = [];
  const began: number[] = [];
  const moments: Named[][] = [];
  const heads: { promised: number; began: number; overtakenAt: number[] }[] = [];
  let head: { n: number; promised: number; overtakenAt: number[] } | undefined;
  while (waiting.length > 0 || running.length > 0) {
    for (let next; (next = nextToStart(waiting, running, room, now));) {
      const { n } = next;
      if (head?.n === n) heads.push({ ...head, began: now });
      else if (head && waiting[0]!.n === head.n) head.overtakenAt.push(now);
      waiting = waiting.filter((each) => each.n !== n);
      running = [...running, { ...next, startedAtSeconds: now }];
      began.push(n);
      moments.push(running);
    }
    const first = waiting[0];
    if (first && first.n !== head?.n) head = { n: first.n, promised: allOver(running), overtakenAt: [] };
    if (running.length === 0) break;
    now = Math.min(...running.map(({ startedAtSeconds, really }) => startedAtSeconds + really));
    running = running.filter(({ startedAtSeconds, really }) => startedAtSeconds + really > now);
  }
  return { began, moments, heads };
}

/** The latest that the first of the queue is expected to begin: all that runs is over. */
const allOver = (running: readonly RunningJob[]): number =>
  Math.max(...running.map(({ startedAtSeconds, seconds }) => startedAtSeconds + seconds));

const sum = (jobs: readonly Job[], what: 'cpus' | 'memory'): number =>
  jobs.reduce((all, each) => all + each[what], 0);
