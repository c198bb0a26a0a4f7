import fc from 'fast-check';
import t from 'tap';
import {
  inOrderOfStart,
  jobsAtOnce,
  nextToStart,
  type Job,
  type Room,
  type RunningJob,
} from './next-to-start.js';

type Named = Job & { n: number; /** What it takes, whatever was expected. */ really: number };

const job = ({ memory = 1, mostMemory = memory, ...over }: Partial<Job> = {}): Job => {
  return { seconds: 10, cpus: 2, memory, mostMemory, alone: false, ...over };
};
const room: Room = { jobs: 2, cpus: 4, memory: 10, processors: 0 };
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

t.test('more than that when what runs leaves processors idle, but not more than twice as many', async (t) => {
  const two = { ...room, cpus: 99, processors: 2 };
  const next = (waiting: number | undefined, ...running: (number | undefined)[]) =>
    nextToStart(
      [job({ processors: waiting })],
      running.map((processors) => since(0, { processors })),
      two,
      1,
    ) !== undefined;
  t.ok(next(0.6, 0.7, 0.7));
  t.notOk(next(0.7, 0.7, 0.7), 'more than two are busy');
  t.notOk(next(undefined, 0.1, 0.1), 'it may use all its CPUs');
  t.notOk(next(0.1, undefined, 0.1), 'what runs may do so');
  t.ok(next(undefined, undefined), 'two may run in any case');
  t.ok(next(0.1, 0.1, 0.1, 0.1));
  t.notOk(next(0.1, 0.1, 0.1, 0.1, 0.1), 'four run');
  t.notOk(nextToStart([job({ processors: 0.1, memory: 9 })], [since(0), since(0)], two, 1), 'memory');
});

t.test('how many will run at the same time', async (t) => {
  const two = { jobs: 2, processors: 2 };
  const atOnce = (...jobs: [seconds: number, processors?: number][]) =>
    jobsAtOnce(
      jobs.map(([seconds, processors]) => job({ seconds, processors })),
      two,
    );
  t.equal(atOnce([10, 0.6], [10, 0.6]), 3);
  t.equal(atOnce([90, 0.6], [10, 2]), 2, 'by time');
  t.equal(atOnce([10, 0.01]), 4);
  t.equal(atOnce([10, 0.6], [10]), 2, 'one is not known');
  t.equal(atOnce(), 2);
  t.equal(jobsAtOnce([job({ processors: 0.1 })], { jobs: 1, processors: 0 }), 1);
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
      processors: fc.option(fc.double({ min: 0.1, max: 2, noNaN: true }), { nil: undefined }),
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
  processors: fc.integer({ min: 0, max: 4 }),
});

t.test('everything runs once, never beyond the limits', async () => {
  fc.assert(
    fc.property(jobs, rooms, (all, room) => {
      const seen = simulate(all, room);
      if (seen.began.length !== all.length || new Set(seen.began).size !== all.length) return false;
      return seen.moments.every(
        (running) =>
          running.length === 1 ||
          (((running.length <= room.jobs && sum(running, 'cpus') <= room.cpus) ||
            (running.length <= 2 * room.jobs &&
              running.reduce((all, each) => all + (each.processors ?? each.cpus), 0) <= room.processors)) &&
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
