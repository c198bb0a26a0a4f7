import t from 'tap';
import { p2pmemChoice } from './p2pmem-choice.js';
import { samplesOf, scriptsOf } from './sample.test.support.js';

const params = { clients: 'nvme1', among: ['shm0', 'fab0'], times: 3 };
const answers = (...bdfs: string[]) =>
  ['provider shm0 0000:05:00.0', 'provider fab0 0000:06:00.0', ...bdfs.map((bdf) => `chosen nvme1 ${bdf}`)]
    .map((line) => `${line}\n`)
    .join('');

t.test('a client is asked about as often as wanted', async (t) => {
  const [script] = scriptsOf(p2pmemChoice, params);
  t.match(script, 'while [ $n -lt 3 ]');
  t.match(script, /^ask nvme1 0000:04:00\.0$/m);
});

t.test(
  'all that were chosen, in the order of the candidates, others by their addresses at the end',
  async (t) => {
    const chosen = (...bdfs: string[]) => samplesOf(p2pmemChoice, params, answers(...bdfs));
    t.same(chosen('0000:06:00.0', '0000:05:00.0', '0000:06:00.0'), [{ name: 'nvme1', value: 'shm0, fab0' }]);
    t.same(chosen('none', 'none', 'none'), [{ name: 'nvme1', value: 'none' }]);
    t.same(chosen('0000:09:00.0', '0000:05:00.0', 'none'), [
      { name: 'nvme1', value: 'shm0, 0000:09:00.0, none' },
    ]);
  },
);

t.test('an answer that is missing is no choice', async (t) => {
  const few = new Error('of 3 questions about nvme1 2 have an answer');
  t.throws(() => samplesOf(p2pmemChoice, params, answers('none', 'none')), few);
});
