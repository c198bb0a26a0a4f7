// Stands in for QEMU: serves a little QMP on qmp.sock and prints a recorded console, as the first argument says.
import { appendFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';

const [behaviour, nonce] = process.argv.slice(2);
let consoleLog = 'console.log';
const print = (...lines) => appendFileSync(consoleLog, lines.map((line) => `${line}\r\n`).join(''));
const linux = '[    0.000000] Linux version 6.12.95 (p2plab@p2plab) #1 SMP PREEMPT_DYNAMIC';

const oops = [
  '[    1.500000] BUG: kernel NULL pointer dereference, address: 0000000000000008',
  '[    1.500010] #PF: supervisor read access in kernel mode',
  '[    1.500020] Oops: Oops: 0000 [#1] PREEMPT SMP NOPTI',
  '[    1.500500] Kernel panic - not syncing: Fatal exception',
  '[    1.500600] ---[ end Kernel panic - not syncing: Fatal exception ]---',
];
const consoles = {
  boots: [linux, `p2plab: ready ${nonce}`],
  stranger: [linux, 'p2plab: ready ffffffffffffffff'],
  'init-fails': [linux, 'p2plab: init failed: cannot mount configfs'],
  oopses: [linux, ...oops],
  panics: [linux, '[    1.2] Kernel panic - not syncing: VFS: Unable to mount root fs on unknown-block(254,0)'],
  hangs: [linux],
  stalls: [linux, `p2plab: ready ${nonce}`],
  'has-no-port': [linux],
};

const usernet = `Hub -1 (mgmt):
  Protocol[State]    FD  Source Address  Port   Dest. Address  Port RecvQ SendQ
  TCP[HOST_FORWARD]  12       127.0.0.1 40022       10.0.2.15    22     0     0
`;
const flatView = `FlatView #0
 AS "memory", root: system
 AS "cpu-memory-0", root: system
 Root memory region: system
  0000000000000000-000000002fffffff (prio 0, ram): pc.ram
`;
const region = (bar, type, address, size) => ({ bar, type, address, size });
const device = (qdev_id, bus, slot, regions, more = {}) => {
  return { qdev_id, bus, slot, function: 0, id: { vendor: 6966, device: 16 }, regions, ...more };
};
const pci = [
  {
    bus: 0,
    devices: [
      device('', 0, 31, []),
      device('rp0', 0, 4, [], {
        pci_bridge: {
          devices: [device('nvme0', 1, 0, [region(0, 'memory', 0xfe000000, 16384), region(2, 'memory', -1, 4096)])],
        },
      }),
      device('root0', 0, 2, [region(0, 'io', 0xc000, 128), region(4, 'memory', 0xfd000000, 16384)]),
    ],
  },
];

const answers = {
  qmp_capabilities: () => ({}),
  'human-monitor-command': ({ 'command-line': line }) =>
    line.startsWith('logfile ') ? 'invalid option -- filename' : line === 'info usernet' && behaviour !== 'has-no-port' ? usernet : line === 'info mtree -f' ? flatView : '',
  'query-pci': () => pci,
  'chardev-change': ({ backend }) => {
    consoleLog = backend.data.out;
    print('first line of another console');
    return {};
  },
};

/** What it stalls at: nothing is answered any more, and SIGTERM, which the main loop would see, is not noticed. */
const stallsAt = { 'stalls-at-greeting': 'greeting', 'stalls-at-once': 'qmp_capabilities', stalls: 'query-pci' }[behaviour];
if (stallsAt) process.on('SIGTERM', () => {});
let stalled = false;

function answer(socket, { execute, arguments: args }) {
  stalled ||= execute === stallsAt;
  if (stalled) return;
  const known = answers[execute];
  if (execute === 'quit') return process.exit(0);
  if (execute === 'system_reset') {
    const data = { guest: true, reason: 'guest-reset' };
    const event = { timestamp: { seconds: 1, microseconds: 2 }, event: 'SHUTDOWN', data };
    return socket.end(JSON.stringify(event) + '\r\n', () => process.exit(0)); // as by a guest under -no-reboot
  }
  const error = { class: 'CommandNotFound', desc: `The command ${execute} has not been found` };
  socket.write(JSON.stringify(known ? { return: known(args) } : { error }) + '\r\n');
}

function serve() {
  rmSync('qmp.sock', { force: true });
  createServer((socket) => {
    if (stallsAt === 'greeting') return socket.on('error', () => {}).resume();
    socket.write('{"QMP": {"version": {"qemu": {"micro": 22, "minor": 2, "major": 7}}, "capabilities": ["oob"]}}\r\n');
    socket.write('{"timestamp": {"seconds": 1, "microseconds": 2}, "event": "NIC_RX_FILTER_CHANGED"}\r\n');
    let rest = '';
    socket.on('error', () => {});
    socket.on('data', (data) => {
      const lines = (rest + data).split('\n');
      rest = lines.pop();
      for (const line of lines) answer(socket, JSON.parse(line));
    });
  }).listen('qmp.sock', () => print(...(consoles[behaviour] ?? [])));
}

if (behaviour === 'refuses') {
  console.error("qemu-system-x86_64: warning: TCG doesn't support requested feature: CPUID.01H:ECX.x2apic [bit 21]");
  console.error("qemu-system-x86_64: -device nvme,foo=1: Property 'nvme.foo' not found");
  process.exit(1);
}
if (behaviour === 'has-no-room') {
  console.error('qemu-system-x86_64: aio failed: No space left on device');
  process.kill(process.pid, 'SIGBUS');
}
if (behaviour === 'says-nothing') setInterval(() => {}, 1000);
else serve();
if (behaviour === 'boots' && process.argv[4] === 'stubborn') process.on('SIGTERM', () => {});
