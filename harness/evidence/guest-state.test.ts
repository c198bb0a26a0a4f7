import t from 'tap';
import { parseGuestState, stateChanges } from './guest-state.js';

t.test('what is gone comes first, then what is new; the rest is not told', async (t) => {
  const changes = stateChanges(['mount a', 'mount b', 'tainted 0'], ['tainted 512', 'mount b', 'mount a']);
  t.strictSame(changes, ['- tainted 0', '+ tainted 512']);
});

t.test('a second process of the same program is new', async (t) => {
  t.strictSame(stateChanges(['process fio'], ['process fio', 'process fio']), ['+ process fio']);
});

t.test('what the harness itself has in the guest at that moment is no state', async (t) => {
  const text = [
    'file /run/p2plab-command-89.sh',
    'file /run/p2plab-samples.json',
    'file /run/p2plab-patterns/nvme0',
    'process /usr/bin/busybox',
    'process /usr/bin/fio',
    '',
  ].join('\n');
  t.strictSame(parseGuestState(text), ['file /run/p2plab-patterns/nvme0', 'process /usr/bin/fio']);
});
