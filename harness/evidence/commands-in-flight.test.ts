import t from 'tap';
import { CommandsInFlight } from './commands-in-flight.js';

const id = { queue: 1, cid: 7 };
const never = () => false;

t.test('a command ends once', async (t) => {
  const inFlight = new CommandsInFlight<{ drive: string }>();
  const command = { drive: 'a' };
  t.equal(inFlight.begin(id, command), undefined);
  t.equal(inFlight.end({ ...id, queue: 2 }, never), undefined);
  t.equal(inFlight.end(id, never), command);
  t.equal(inFlight.end(id, never), undefined);
});

t.test('of two drives’ commands with one number the one that waits for nothing has ended', async (t) => {
  const inFlight = new CommandsInFlight<{ drive: string }>();
  const [waiting, done] = [{ drive: 'a' }, { drive: 'b' }];
  inFlight.begin(id, waiting);
  inFlight.begin(id, done);
  t.equal(
    inFlight.end(id, () => true),
    undefined,
    'cannot be told',
  );
  t.equal(
    inFlight.end(id, (command) => command === waiting),
    done,
  );
  t.equal(
    inFlight.end(id, () => true),
    waiting,
  );
});

t.test('a number that a drive uses again tells that the first command has ended', async (t) => {
  const inFlight = new CommandsInFlight<{ drive: string }>();
  const [first, second] = [{ drive: 'a' }, { drive: 'a' }];
  inFlight.begin(id, first);
  t.equal(inFlight.begin(id, second), first);
  t.equal(inFlight.end(id, never), second);
});

t.test('with more commands than drives can have in flight, all are forgotten', async (t) => {
  const inFlight = new CommandsInFlight<{ drive: string }>(2);
  for (const cid of [1, 2, 3]) inFlight.begin({ queue: 1, cid }, { drive: 'a' });
  t.equal(inFlight.end({ queue: 1, cid: 1 }, never), undefined);
  t.match(inFlight.end({ queue: 1, cid: 3 }, never), { drive: 'a' });
});
