import t from 'tap';
import { stepKinds } from '../workload/step-kinds.js';
import { stepsCommand } from './steps-command.js';
import { plainTerminal } from './terminal.test.support.js';

t.test('one line for each kind', async (t) => {
  const { terminal, printed } = plainTerminal();
  t.equal(stepsCommand(undefined, terminal), 0);
  t.equal(printed().trimEnd().split('\n').length, stepKinds.length);
});

t.test('all about one kind', async (t) => {
  const { terminal, printed } = plainTerminal();
  stepsCommand('device-refs', terminal);
  t.equal(
    printed(),
    'device-refs  counts the references to a PCI device in the kernel\n  parameters: device\n  records: references\n',
  );
});

t.test('a kind that is none has a near one', async (t) => {
  t.throws(() => stepsCommand('fo', plainTerminal().terminal), {
    blame: 'scenario',
    message: 'no kind of step "fo", did you mean "fio"?',
    remedy: 'give a kind that p2plab steps shows',
  });
});
