import path from 'node:path';
import t from 'tap';
import { loadBench } from '../benchmark/bench-document.js';
import { p2plab, readRun, testScenario } from './run-p2plab.test.support.js';

t.test(
  'a kernel against itself: fresh boots in turn, counts that are the same, and a clock that does not pretend',
  async (t) => {
    const dir = path.join(t.testdir(), 'bench');
    const env = { XDG_STATE_HOME: path.join(t.testdir(), 'state') };
    const asked = [testScenario('bench-small'), '--kind', 'count,wall', '--budget', '1s', '--out', dir];
    const ran = await p2plab(['bench', ...asked], { env });
    t.equal(ran.exitCode, 0, `${ran.stdout}\n${ran.stderr}`);
    t.match(ran.stdout, /against itself \(A\/A: what differs is\s+noise\)/);

    const bench = (await loadBench(dir))!;
    t.match(bench, { state: 'finished', ended: 'budget', pairs: 2, same: true });
    t.same(
      bench.boots.map(({ side, warmUp }) => `${warmUp ? 'warm-up ' : ''}${side}`),
      ['warm-up base', 'warm-up head', 'base', 'head', 'head', 'base'],
    );
    const of = (metric: string) => bench.comparisons.find((comparison) => comparison.metric === metric)!;
    t.match(of('NVMe commands/IO'), { base: 1, head: 1, verdict: 'same' });
    t.match(
      of('register writes/IO'),
      { base: 2, head: 2 },
      'the doorbells of submission and completion queue',
    );
    t.match(of('config reads/IO'), { base: 0, head: 0 });
    t.match(of('throughput'), {
      verdict: 'unclear',
      words: /^cannot tell: 2 of at least \d+ pairs of boots$/,
    });
    const first = of('time to first I/O');
    t.ok(first.base > 100 && first.base < 240_000, `${first.base} ms`);

    const [result] = readRun(path.join(dir, bench.boots[2]!.folder)).results;
    t.equal(result!.outcome, 'pass', 'each boot is a run like any other');
    const controls = await Promise.all([0, 2].map((n) => readRun(path.join(dir, bench.boots[n]!.folder))));
    t.same(
      controls.map(({ results }) => results[0]!.controls),
      ['run', 'off'],
      'claims are proven in the warm-up',
    );

    const mail = await p2plab(['report', dir, '--format', 'mail', '--out', '-']);
    t.match(
      mail.stdout,
      /^Subject: \[p2plab\] bench-small: \d+ cannot tell, \d+ no difference: p2pmem-6\.12/m,
    );
    const history = await p2plab(['history', 'write NVMe commands/IO'], { env });
    t.match(history.stdout, /^\d{4}-\d\d-\d\d \d\d:\d\d {2}p2pmem-6\.12 \(6\.12\.\d+\) {2}2 {2}1 {7}#+$/m);

    const more = await p2plab(['bench', ...asked], { env });
    t.equal(more.exitCode, 0);
    t.equal((await loadBench(dir))!.boots.length, 6, 'there is nothing left to do');
  },
);
