import t from 'tap';
import { execa } from 'execa';
import { topologyScript } from './topology-script.js';

t.test('the script is one for any shell, also without a question', async (t) => {
  for (const questions of [
    { clients: [], providers: [] },
    { clients: ['0000:01:00.0'], providers: ['0000:02:00.0', '0000:03:00.0'] },
  ]) {
    const { exitCode } = await execa('sh', ['-n'], { input: topologyScript(questions) });
    t.equal(exitCode, 0);
  }
});

t.test('without a client or a provider nothing is asked', async (t) => {
  t.notMatch(topologyScript({ clients: ['0000:01:00.0'], providers: [] }), 'p2pmem-test');
  t.notMatch(topologyScript({ clients: [], providers: ['0000:01:00.0'] }), 'p2pmem-test');
});

t.test('every client is asked about with every provider', async (t) => {
  const script = topologyScript({ clients: ['0000:01:00.0', '0000:02:00.0'], providers: ['0000:03:00.0'] });
  t.match(script, 'for client in 0000:01:00.0 0000:02:00.0; do\n    for provider in 0000:03:00.0; do');
});
