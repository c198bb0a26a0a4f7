import { PassThrough } from 'node:stream';
import t from 'tap';
import { readOrder } from './job-order.js';

const order = { plan: '/tmp/plan.json', job: 'run-0123456789abcdef', out: '/tmp/out' };
const never = new AbortController().signal;

t.test('one order is read, and the input is left', async (t) => {
  const input = new PassThrough();
  const reading = readOrder(input, never);
  input.write(`${JSON.stringify(order)}\n`);
  t.same(await reading, order);
  t.ok(input.destroyed);
});

t.test('an input that ends has none', async (t) => {
  const input = new PassThrough();
  input.end();
  t.equal(await readOrder(input, never), undefined);
});

t.test('nor is there one when the signal fires', async (t) => {
  const input = new PassThrough();
  const stop = new AbortController();
  const reading = readOrder(input, stop.signal);
  stop.abort();
  t.equal(await reading, undefined);
  t.ok(input.destroyed);
});
