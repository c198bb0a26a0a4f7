import { execa } from 'execa';
import t, { type Test } from 'tap';
import { acs } from './acs.js';
import { rig, samplesOf, scriptsOf } from './sample.test.support.js';

const params = { above: 'nvme1', control: ['RR', 'CR'] };

/** Runs the script with a setpci that tells its arguments and reads 0010; the device is below a switch. */
async function run(t: Test, script: string | undefined, kept = {}) {
  const dir = t.testdir({
    sys: {
      bus: {
        pci: {
          devices: {
            '0000:04:00.0': t.fixture(
              'symlink',
              '../../../devices/pci0000:00/0000:00:05.0/0000:02:00.0/0000:04:00.0',
            ),
          },
        },
      },
      devices: { 'pci0000:00': { '0000:00:05.0': { '0000:02:00.0': { '0000:04:00.0': {} } } } },
    },
    run: kept,
  });
  const setpci = 'setpci() { echo "setpci $*" >&2; [ "${3%=*}" != "$3" ] || echo 0010; }\n';
  const text = setpci + script!.replaceAll('/sys/', `${dir}/sys/`).replaceAll('/run/', `${dir}/run/`);
  const { stdout, stderr } = await execa('sh', ['-c', text]);
  return { stdout, setpci: stderr.split('\n') };
}

t.test('the register of the root port is written, whatever is between', async (t) => {
  const { stdout, setpci } = await run(t, scriptsOf(acs, params)[0]);
  t.strictSame(setpci, [
    'setpci -s 0000:00:05.0 ECAP_ACS+6.w',
    'setpci -s 0000:00:05.0 ECAP_ACS+6.w=c',
    'setpci -s 0000:00:05.0 ECAP_ACS+6.w',
  ]);
  t.equal(stdout, 'acs 0010 0010');
});

t.test('bits are told by their names', async (t) => {
  const samples = (output: string) => samplesOf(acs, params, output);
  t.same(samples('acs 0000 000c\n'), [
    { name: 'before', value: 'none' },
    { name: 'after', value: 'RR CR' },
  ]);
  t.same(samples('acs 005f 001d\n'), [
    { name: 'before', value: 'SV TB RR CR UF DT' },
    { name: 'after', value: 'SV RR CR UF' },
  ]);
  t.throws(() => samples(''), new Error('setpci did not show the ACS control bits'));
});

t.test('none clears all bits', async (t) => {
  t.match(scriptsOf(acs, { above: 'nvme1', control: 'none' })[0], 'ECAP_ACS+6.w=0\n');
});

t.test('none does not go with bits', async (t) => {
  const { error } = acs.params.safeParse({ above: 'nvme1', control: ['RR', 'none'] });
  t.match(error?.issues, [{ message: 'none alone, or bits', path: ['control'] }]);
});

t.test('what the kernel had left there comes back', async (t) => {
  const [undo] = acs.undo!(acs.params.parse(params), rig);
  const { setpci } = await run(t, undo?.script, { 'p2plab-acs-0000:00:05.0': '0013\n' });
  t.strictSame(setpci, ['setpci -s 0000:00:05.0 ECAP_ACS+6.w=0013']);
});
