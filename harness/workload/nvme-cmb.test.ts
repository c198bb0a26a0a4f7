import t from 'tap';
import { nvmeCmb } from './nvme-cmb.js';
import { samplesOf } from './sample.test.support.js';

const params = { drive: 'nvme1' };
const queues = 'queue_count:3\nsqsize:1023\n';
const samples = (output: string) =>
  samplesOf(nvmeCmb, params, output).map(({ name, value }) => `${name} = ${value}`);

t.test('the attributes as the driver writes them, and the queues', async (t) => {
  const cmb = 'cmb:cmbloc : x00000062\ncmb:cmbsz  : x0001021d\ncmbloc:98\ncmbsz:66077\n';
  t.strictSame(samples(`pool there\n${cmb}${queues}`), [
    'cmb = cmbloc : x00000062, cmbsz  : x0001021d',
    'cmbloc = 98',
    'cmbsz = 66077',
    'pool = there',
    'ioQueues = 2',
    'queueDepth = 1024',
  ]);
});

t.test('a drive without a CMB has none of them', async (t) => {
  t.strictSame(samples(`pool none\n${queues}`).slice(0, 4), [
    'cmb = absent',
    'cmbloc = absent',
    'cmbsz = absent',
    'pool = none',
  ]);
});

t.test('a drive whose queues are not there is no result', async (t) => {
  t.throws(() => samples('pool none\n'), new Error('sysfs does not show the queues'));
});
