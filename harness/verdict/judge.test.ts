import t from 'tap';
import type { Evidence, StepEvidence } from '../evidence/evidence.js';
import { bareScenario } from '../scenario/bare.test.support.js';
import { judge, kernelComplains, precedence } from './judge.js';

const pool = { size: 1000 * 4096, available: 1000 * 4096, published: 1 };

function step(over: Partial<StepEvidence> = {}): StepEvidence {
  return {
    name: 'write',
    kind: 'fio',
    machine: 'host',
    ms: 10,
    commands: [{ label: 'bs=4k', exitCode: 0, ms: 9, truncated: false, stdout: 'o', stderr: 'e' }],
    samples: [{ name: 'bytes', value: 8192 }],
    ledgers: {
      host: {
        entries: [
          {
            drive: 'nvme1',
            direction: 'write',
            commands: 2,
            commandBytes: 8192,
            bytesByRegion: { shm0: 8192 },
          },
        ],
      },
    },
    accounting: {
      before: { shm0: pool },
      after: { shm0: pool },
      lowest: { shm0: { available: 0, samples: 9 } },
    },
    bars: { shm0: { found: 2, matching: 2 } },
    ...over,
  };
}

function evidence(over: Partial<Evidence> = {}): Evidence {
  return {
    schema: 'p2plab.evidence/1',
    scenario: bareScenario({
      expect: [{ type: 'data', steps: ['write'], drive: 'nvme1', through: 'shm0', atLeast: 0.99 }],
    }),
    machines: [
      {
        name: 'host',
        planned: { bridges: [], devices: [] },
        idle: { before: { shm0: pool }, after: { shm0: pool } },
        log: { findings: [], more: 0 },
      },
    ],
    steps: [step()],
    control: { state: 'off', steps: [] },
    ...over,
  };
}

const finding = (text: string) => ({
  pattern: 'warning',
  title: text,
  fingerprint: '0',
  text,
  line: 7,
  frames: [],
});

const regions = (bytesByRegion: Record<string, number>, commandBytes = 8192) =>
  step({
    ledgers: {
      host: { entries: [{ drive: 'nvme1', direction: 'write', commands: 2, commandBytes, bytesByRegion }] },
    },
  });

t.test('evidence without a flaw passes, with both sides of every check', (t) => {
  const { outcome, reasons, checks } = judge(evidence());
  t.equal(outcome, 'pass');
  t.strictSame(reasons, []);
  t.match(
    checks.find(({ name }) => name === "write: data of nvme1 goes through shm0's BAR"),
    {
      ok: true,
      want: 'at least 99 %',
      got: '100 % (shm0 8192 B)',
    },
  );
  t.end();
});

t.test('verified data that went through RAM in silence fails', (t) => {
  const { outcome, reasons } = judge(evidence({ steps: [regions({ ram: 8192 })] }));
  t.equal(outcome, 'fail');
  t.strictSame(reasons, ["0 % of nvme1's data went through shm0's BAR in step write: ram 8192 B"]);
  t.end();
});

t.test('a claim about a step in which the drive moved nothing fails', (t) => {
  const { outcome, reasons } = judge(evidence({ steps: [step({ ledgers: {} })] }));
  t.equal(outcome, 'fail');
  t.strictSame(reasons, [
    "0 % of nvme1's data went through shm0's BAR in step write: no NVMe command",
    'step write reports 8192 B, nvme1 moved 0 B: the rest never reached the drive',
  ]);
  t.end();
});

t.test('a share just below the limit is not rounded up', (t) => {
  const { checks } = judge(evidence({ steps: [regions({ shm0: 8191, ram: 1 })] }));
  t.match(
    checks.find(({ name }) => name.startsWith('write: data')),
    { ok: true, got: '99.98 % (shm0 8191 B, ram 1 B)' },
  );
  t.end();
});

t.test('a trace that tells too little is the harness’s trouble', (t) => {
  const { outcome, reasons } = judge(evidence({ steps: [regions({ shm0: 8192 }, 12288)] }));
  t.equal(outcome, 'broken');
  t.strictSame(reasons, [
    'the DMA trace tells addresses of 8192 B only, of 12288 B that the drives moved in step write',
  ]);
  t.end();
});

t.test('DMA to an address that is nothing is the kernel’s fault', (t) => {
  const { outcome, reasons } = judge(evidence({ steps: [regions({ shm0: 8190, unknown: 2 })] }));
  t.equal(outcome, 'fail');
  t.strictSame(reasons, ['2 B of step write went to addresses that are neither RAM nor any BAR']);
  t.end();
});

t.test('a pool that does not come back names the pages', (t) => {
  const idle = { before: { shm0: pool }, after: { shm0: { ...pool, available: pool.available - 8192 } } };
  const [machine] = evidence().machines;
  const { outcome, reasons } = judge(evidence({ machines: [{ ...machine!, idle }] }));
  t.equal(outcome, 'fail');
  t.strictSame(reasons, ['available of shm0 is 8192 B short after the last step; 2 pages leaked']);
  t.end();
});

t.test('an oops outranks the lost connection that it caused', (t) => {
  const log = {
    findings: [
      {
        pattern: 'oops',
        title: 'BUG: kernel NULL pointer dereference in foo',
        fingerprint: '0',
        text: 'BUG: kernel NULL pointer dereference, address: 0000000000000008',
        line: 7,
        step: 'write',
        frames: [],
        where: 'drivers/pci/p2pdma.c:212',
      },
    ],
    more: 0,
  };
  const [machine] = evidence().machines;
  const end = { blame: 'host' as const, message: 'QEMU of host ended by itself (exit 0)', remedy: '' };
  const { outcome, reasons } = judge(
    evidence({ machines: [{ ...machine!, log, idle: {} }], end, steps: [] }),
  );
  t.equal(outcome, 'fail');
  t.strictSame(reasons, [
    'BUG: kernel NULL pointer dereference in foo (drivers/pci/p2pdma.c:212) during step write, console line 7',
    'QEMU of host ended by itself (exit 0)',
  ]);
  t.end();
});

t.test('QEMU that dies is not the kernel’s fault, whatever follows from it', (t) => {
  const end = { blame: 'host' as const, message: 'QEMU of host ended by itself (SIGKILL)', remedy: '' };
  t.equal(judge(evidence({ end, steps: [regions({ ram: 4096 })] })).outcome, 'broken');
  t.end();
});

t.test('a program that the image lacks is not the kernel’s fault', (t) => {
  const commands = [
    {
      label: 'bs=4k',
      exitCode: 127,
      ms: 1,
      truncated: false,
      stdout: 'o',
      stderr: 'e',
      lastError: 'fio: not found',
    },
  ];
  const { outcome, reasons } = judge(evidence({ steps: [step({ commands, samples: [] })] }));
  t.equal(outcome, 'broken');
  t.equal(reasons[0], 'step write (bs=4k) ended with exit 127: fio: not found');
  t.end();
});

t.test('bytes that differ fail whatever the scenario expects', (t) => {
  const samples = [
    { name: 'bytes', value: 8192 },
    { name: 'badBytes', value: 3 },
  ];
  const { outcome, reasons } = judge(evidence({ steps: [step({ samples })] }));
  t.equal(outcome, 'fail');
  t.strictSame(reasons, ['3 bytes read back from p2pmem differ from what was written (step write)']);
  t.end();
});

t.test('so do bytes around a buffer and on a drive, and where the first is', (t) => {
  const samples = [
    { name: 'bytes', value: 8192 },
    { name: 'badGuards', value: 4 },
    { name: 'badOnDisk', value: 512 },
    {
      name: 'firstBad',
      value: 'nvme1 LBA 7 from byte 0 on: want block 7 of fill 9, found block 8 of fill 9',
    },
  ];
  const { outcome, reasons } = judge(evidence({ steps: [step({ samples })] }));
  t.equal(outcome, 'fail');
  const first = 'nvme1 LBA 7 from byte 0 on: want block 7 of fill 9, found block 8 of fill 9';
  t.strictSame(reasons, [
    `4 bytes around a buffer have changed (step write): ${first}`,
    `512 bytes of the drives are not what they must be (step write): ${first}`,
  ]);
  t.end();
});

t.test('more commands than expected fail', (t) => {
  const { scenario } = evidence();
  const data = { type: 'data' as const, steps: ['write'], drive: 'nvme1', through: 'shm0', atLeast: 1 };
  const expecting = (commands: number) =>
    judge(evidence({ scenario: { ...scenario, expect: [{ ...data, commands }] } }));
  t.equal(expecting(2).outcome, 'pass');
  t.strictSame(expecting(1).reasons, ['nvme1 got 2 commands in step write, not 1']);
  t.equal(expecting(1).outcome, 'fail');
  t.end();
});

t.test('an expected value that no step records is the scenario’s mistake', (t) => {
  const { scenario } = evidence();
  const expect = [{ type: 'value' as const, of: 'write.byts', is: 8192 }];
  const { outcome, reasons } = judge(evidence({ scenario: { ...scenario, expect } }));
  t.equal(outcome, 'broken');
  t.strictSame(reasons, ['step write recorded no write.byts (it has: bytes)']);
  t.end();
});

t.test('an expected value that differs fails', (t) => {
  const { scenario } = evidence();
  const expect = [{ type: 'value' as const, of: 'write.bytes', is: 4096 }];
  const { outcome, reasons } = judge(evidence({ scenario: { ...scenario, expect } }));
  t.equal(outcome, 'fail');
  t.strictSame(reasons, ['write.bytes is 8192, not 4096']);
  t.end();
});

t.test('causes come before effects, whatever order they were found in', (t) => {
  t.strictSame(
    precedence.map(({ what }) => what),
    [
      ...['a full disk', 'kernel log', 'the end', 'topology', 'peer-to-peer paths', 'paths by the log'],
      ...['commands and samples', 'expectations', 'accounting', 'references to modules', 'rebinding'],
      ...['claims', 'ledger', 'control'],
    ],
  );
  const [machine] = evidence().machines;
  const log = { findings: [finding('WARNING: at mm/page_alloc.c:1')], more: 0 };
  const idle = { before: { shm0: pool }, after: { shm0: { ...pool, available: pool.available - 4096 } } };
  const end = { blame: 'harness' as const, message: 'a command was cut off', remedy: '' };
  const commands = [
    {
      label: 'fio',
      exitCode: 4,
      ms: 1,
      truncated: false,
      stdout: 'o',
      stderr: 'e',
      lastError: 'verify: bad magic',
    },
  ];
  const broken = { ...regions({ ram: 8192 }), commands };
  const { reasons } = judge(evidence({ machines: [{ ...machine!, log, idle }], end, steps: [broken] }));
  t.match(reasons, [
    /^WARNING/,
    /^a command was cut off$/,
    /^step write \(fio\) ended with exit 4: verify: bad magic$/,
    /^0 % of nvme1's data went through shm0's BAR/,
    /^available of shm0 is 4096 B short/,
  ]);
  t.end();
});

t.test('what a kernel says on a full disk is the host’s trouble', (t) => {
  const [machine] = evidence().machines;
  const log = { findings: [finding('nvme0n1: I/O Error')], more: 0 };
  const end = { blame: 'host' as const, message: 'the disk of /r is full: 0 KiB are free', remedy: '' };
  const run = (more: { diskFull?: true }) =>
    judge(evidence({ machines: [{ ...machine!, log }], end: { ...end, ...more } }));
  t.equal(run({}).outcome, 'fail');
  t.equal(run({ diskFull: true }).outcome, 'broken');
  t.match(run({ diskFull: true }).reasons, [/^the disk of \/r is full/, /^nvme0n1: I\/O Error/]);
  t.equal(run({ diskFull: true }).reasons.length, run({}).reasons.length, 'each is told once');
  t.end();
});

t.test('a stall in a guest with a miscalibrated clock is the host’s trouble, an oops there is not', (t) => {
  const [machine] = evidence().machines;
  const clockDoubt = 'tsc: PIT calibration deviates from HPET: 120208 2594183';
  const run = (pattern: string) => {
    const log = {
      findings: [{ ...finding('INFO: rcu_sched self-detected stall on CPU'), pattern }],
      more: 0,
      clockDoubt,
    };
    return judge(evidence({ machines: [{ ...machine!, log }] }));
  };
  t.equal(run('rcu-stall').outcome, 'broken');
  t.match(
    run('rcu-stall').reasons[0],
    /; but its clock was miscalibrated on a loaded host: tsc: PIT calibration/,
  );
  t.equal(run('oops').outcome, 'fail');
  t.end();
});

const unattributed = (bytesByRegion: Record<string, number>) => {
  const spoilt = regions(bytesByRegion);
  spoilt.ledgers.host!.entries[0]!.unattributed = '0xffdf0000';
  return judge(evidence({ steps: [spoilt] }));
};

t.test('what cannot be attributed counts for no claim, and is nobody’s fault but the harness’', (t) => {
  const { outcome, reasons } = unattributed({ shm0: 4096, 'not-attributable': 4096 });
  t.equal(outcome, 'broken');
  t.strictSame(reasons, [
    "not proven: only 50 % of nvme1's data went through shm0's BAR in step write: shm0 4096 B, not-attributable 4096 B",
    "4096 B of step write cannot be attributed: no translation of drive nvme1's address 0xffdf0000",
  ]);
  t.end();
});

t.test('a claim that fails whatever the rest was stays the kernel’s failure', (t) => {
  const { outcome, reasons } = unattributed({ ram: 4096, 'not-attributable': 4096 });
  t.equal(outcome, 'fail');
  t.equal(
    reasons[0],
    "0 % of nvme1's data went through shm0's BAR in step write: ram 4096 B, not-attributable 4096 B",
  );
  t.end();
});

t.test('a claim that holds without what cannot be attributed does not make the ledger sound', (t) => {
  const { outcome, reasons } = unattributed({ shm0: 8191, 'not-attributable': 1 });
  t.equal(outcome, 'broken');
  t.equal(reasons.length, 1);
  t.end();
});

t.test('what the IOMMU refused is the kernel’s fault, unless that is expected', (t) => {
  const steps = [regions({ 'iommu-fault': 8192 })];
  const refused = evidence({ steps });
  t.strictSame(judge(refused), {
    ...judge(refused),
    outcome: 'fail',
    reasons: [
      "0 % of nvme1's data went through shm0's BAR in step write: iommu-fault 8192 B",
      "the IOMMU of host refused its drives' access to 8192 B of step write",
    ],
  });
  refused.scenario.expect = [];
  for (const [step, outcome] of [
    ['write', 'pass'],
    ['read', 'fail'],
  ] as const) {
    refused.scenario.allow = [{ pattern: 'iommu-fault', step }];
    t.equal(judge(refused).outcome, outcome);
  }
  t.end();
});

t.test('a mixed workload is to have moved its bytes in each direction', (t) => {
  const samples = [
    { name: 'bytes', value: 8192 },
    { name: 'readBytes', value: 4096 },
    { name: 'writeBytes', value: 4096 },
  ];
  t.match(judge(evidence({ steps: [step({ samples })] })), {
    outcome: 'fail',
    reasons: ['step write reports 4096 B (read), nvme1 moved 0 B: the rest never reached the drive'],
  });
  t.end();
});

t.test('a kernel complains by its log or its end, not by what was measured of it', (t) => {
  const [machine] = evidence().machines;
  const log = { findings: [finding('BUG: KASAN: use-after-free')], more: 0 };
  t.ok(kernelComplains(evidence({ machines: [{ ...machine!, log }] })));
  const end = { message: 'the kernel of host panicked: x', remedy: '' };
  t.ok(kernelComplains(evidence({ end: { ...end, blame: 'kernel' } })));
  t.notOk(kernelComplains(evidence({ end: { ...end, blame: 'host' } })));
  t.notOk(kernelComplains(evidence({ steps: [regions({ ram: 8192 })] })));
  t.end();
});
