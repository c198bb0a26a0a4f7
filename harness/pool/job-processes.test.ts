import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import t, { type Test } from 'tap';
import { jobProcesses } from './job-processes.js';

// Processes are shells: they write their id when they begin, wait for an order, and write their id and the order then.

const never = new AbortController().signal;
const order = (n: number) => ({ plan: 'plan.json', job: `run-${n}`, out: 'out' });
const how = { title: 'copy', exclusive: false, stop: never, told: () => {} };

function lab(t: Test, work: string) {
  const dir = t.testdir();
  const lines = (name: string): string[] => {
    const file = path.join(dir, name);
    return existsSync(file) ? readFileSync(file, 'utf8').split('\n').filter(Boolean) : [];
  };
  const script = `cd ${dir}; echo $$ >>began; read -r order || exit 0; echo "$$ $order" >>orders; ${work}`;
  const until = async (what: () => boolean) => {
    while (!what()) await sleep(10); // the test's own limit ends it
  };
  return {
    dir,
    until,
    began: () => lines('began'),
    orders: () => lines('orders'),
    command: ['sh', '-c', script],
  };
}

const isAlive = (pid: string): boolean => {
  try {
    return process.kill(Number(pid), 0);
  } catch {
    return false;
  }
};

t.test('each job has a process of its own, which waited for it', async (t) => {
  const { command, began, orders, until } = lab(t, 'echo ready');
  await using processes = jobProcesses(command);
  await until(() => began().length === 1);
  const told: string[] = [];
  await processes.run(order(1), { ...how, told: (line) => told.push(line) });
  await until(() => began().length === 2);
  await processes.run(order(2), how);
  t.same(
    orders(),
    [1, 2].map((n) => `${began()[n - 1]} ${JSON.stringify(order(n))}`),
  );
  t.same(told, ['ready']);
});

for (const exclusive of [false, true])
  t.test(
    exclusive ? 'beside a job that measures none is started' : 'the next starts in the steps',
    async (t) => {
      const { command, began, until, dir } = lab(
        t,
        'echo boot; echo step write; while ! [ -e go ]; do sleep 0.05; done',
      );
      await using processes = jobProcesses(command);
      let inSteps = false;
      const told = (line: string) => (inSteps ||= line.startsWith('step '));
      const running = processes.run(order(1), { ...how, exclusive, told });
      await until(() => inSteps);
      if (!exclusive) await until(() => began().length === 2);
      else await sleep(200);
      t.equal(began().length, exclusive ? 1 : 2);
      writeFileSync(path.join(dir, 'go'), '');
      await running;
      await until(() => began().length === 2);
    },
  );

t.test('one that ended before it had a job is replaced', async (t) => {
  const { command, began, orders, until } = lab(t, 'true');
  await using processes = jobProcesses(command);
  await until(() => began().length === 1);
  const [first] = began();
  process.kill(Number(first), 'SIGKILL');
  await until(() => !isAlive(first!));
  await sleep(50); // until this process is told, too
  await processes.run(order(1), how);
  t.equal(orders().length, 1);
  t.not(orders()[0]!.split(' ')[0], first);
});

t.test('one that leaves no bundle fails, with what it said', async (t) => {
  const { command } = lab(t, 'echo "disk is full" >&2; echo more >&2; exit 3');
  await using processes = jobProcesses(command);
  await t.rejects(processes.run(order(1), how), { message: 'copy: exit 3: disk is full', blame: 'host' });
});

for (const code of [1, 4])
  t.test(`exit ${code} is a result`, async (t) => {
    const { command } = lab(t, `exit ${code}`);
    await using processes = jobProcesses(command);
    await t.resolves(processes.run(order(1), how));
  });

t.test('a job is ended when it is to stop', async (t) => {
  const { command, orders, until } = lab(t, 'exec sleep 60');
  await using processes = jobProcesses(command);
  const stop = new AbortController();
  const running = processes.run(order(1), { ...how, stop: stop.signal });
  await until(() => orders().length === 1);
  stop.abort();
  await t.rejects(running, { message: /^copy: exit by a signal: / });
});

t.test('the one that waits is gone in the end', async (t) => {
  const { command, began, until } = lab(t, 'true');
  {
    await using processes = jobProcesses(command);
    t.ok(processes);
    await until(() => began().length === 1);
    t.ok(isAlive(began()[0]!));
  }
  t.notOk(isAlive(began()[0]!));
});
