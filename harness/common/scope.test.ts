import t from 'tap';
import { Scope } from './scope.js';

const fails = (why: unknown) => () => {
  throw why;
};

t.test('steps run in reverse order, each after the other has ended', async (t) => {
  const done: string[] = [];
  const step = (name: string) => async () => {
    await new Promise((next) => setImmediate(next));
    done.push(name);
  };
  {
    await using scope = new Scope();
    scope.defer('undo a', step('a'));
    scope.defer('undo b', step('b'));
    scope.use('close c', { [Symbol.asyncDispose]: step('c') });
  }
  t.same(done, ['c', 'b', 'a']);
});

t.test('all steps run although some throw, and every failure is told', async (t) => {
  const done: string[] = [];
  const scope = new Scope();
  scope.defer('stop QEMU', () => done.push('stop QEMU'));
  scope.defer('close the socket', fails(new Error('EPIPE')));
  scope.defer('remove the disk', () => Promise.reject(new Error('EBUSY')));
  scope.defer('log out', fails('text'));
  const error = await scope[Symbol.asyncDispose]().catch((e: unknown) => e);
  t.same(done, ['stop QEMU']);
  t.type(error, AggregateError);
  t.equal(
    (error as AggregateError).message,
    'could not log out: text; could not remove the disk: EBUSY; could not close the socket: EPIPE',
  );
});

t.test('what is moved is released by the new scope only', async (t) => {
  const done: string[] = [];
  const build = () => {
    const building = new Scope();
    building.defer('undo', () => done.push('undone'));
    const finished = building.move();
    return { building, finished };
  };
  const { building, finished } = build();
  await building[Symbol.asyncDispose]();
  t.same(done, []);
  await finished[Symbol.asyncDispose]();
  t.same(done, ['undone']);
});

t.test('a scope that is released twice undoes once', async (t) => {
  let times = 0;
  const scope = new Scope();
  scope.defer('undo', () => times++);
  await scope[Symbol.asyncDispose]();
  await scope[Symbol.asyncDispose]();
  t.equal(times, 1);
});
