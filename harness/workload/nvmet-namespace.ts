import * as z from 'zod';
import { count, deviceId, line, name, oneOf } from '../scenario/schema-parts.js';
import { errnoOf } from './errno.js';
import { findDisk, nqn, type Rig } from './rig.js';
import { stepKind, type CommandOutput } from './step-kind.js';

const attributes = ['p2pmem', 'enable', 'device_path', 'revalidate_size', 'buffered_io'] as const;

const write = z
  .strictObject({
    attribute: oneOf(attributes),
    value: line().optional(),
    device: deviceId('a PCI device, whose BDF is written').optional(),
    disk: deviceId('a disk, whose /dev node is written').optional(),
    as: name('a name for the sample').optional(),
  })
  .refine((w) => [w.value, w.device, w.disk].filter((given) => given !== undefined).length === 1, {
    message: 'one of value, device and disk',
  });
const params = z.strictObject({
  subsystem: name('a subsystem name'),
  nsid: count({ min: 1 }).default(1),
  times: count({ min: 1, max: 1000 }).default(1),
  write: z.array(write).min(1, 'at least one write'),
});
type NamespaceParams = z.infer<typeof params>;
type Write = z.infer<typeof write>;

/**
 * Writes attributes of an exported namespace, one after the other and all of them `times` times; a write that fails is
 * no failure of the step. A sample per write, named `as` or after the attribute: `written, reads 0000:05:00.0` or
 * `EBUSY, reads 0`, where an id stands for the BDF of a device that the step names; all that was seen, with `|`, when
 * the rounds differ. What is written more than once is a trial, and no part of the control run.
 */
export const nvmetNamespace = stepKind({
  kind: 'nvmet-namespace',
  summary: "writes an exported namespace's configfs attributes, and tells errors and what they read back",
  parameters: `subsystem, nsid (1), times (1), write: [{attribute: ${attributes.join(', ')}; value, device (its BDF) or disk (its node); as (the sample's name)}]`,
  records: "per write: 'written, reads X' or 'ERRNO, reads X'",
  params,
  references: ({ write: writes }) =>
    writes.flatMap(({ device, disk }, n) => [
      ...(device === undefined
        ? []
        : [{ path: ['write', n, 'device'], id: device, want: ['nvme', 'ivshmem', 'nic'] as const }]),
      ...(disk === undefined
        ? []
        : [{ path: ['write', n, 'disk'], id: disk, want: ['nvme', 'connected'] as const }]),
    ]),
  commands: (p, rig) => [{ label: 'write', script: writeScript(p, rig) }],
  samples: (p, [output]) => [...readWrites(p, output)].map(([sample, value]) => ({ name: sample, value })),
  withoutP2p: (p) => (p.times > 1 ? undefined : { ...p, write: p.write.map(withoutP2p) }),
  undo: () => [],
});

function withoutP2p(write: Write): Write {
  return write.attribute === 'p2pmem' ? { ...write, device: undefined, value: '0' } : write;
}

const sampleName = ({ as, attribute }: Write) => as ?? attribute;

/** Shell builtins only within the rounds: each program costs an emulated guest 10 ms and more. */
function writeScript({ subsystem, nsid, times, write: writes }: NamespaceParams, rig: Rig): string {
  const ids = new Set(writes.flatMap(({ device }) => (device === undefined ? [] : [device])));
  const disks = new Set(writes.flatMap(({ disk }) => (disk === undefined ? [] : [disk])));
  const node = (disk: string) => `disk_${disk.replaceAll('-', '_')}`;
  const text = ({ value, device, disk }: Write) =>
    disk === undefined ? quoted(value ?? rig.bdf(device!)) : `"$${node(disk)}"`;
  return [
    ...[...ids].map((id) => `echo "id ${rig.bdf(id)} ${id}"`),
    ...[...disks].map((disk) => `${findDisk(rig.disk(disk))}\n${node(disk)}=$disk`),
    `cd /sys/kernel/config/nvmet/subsystems/${nqn(subsystem)}/namespaces/${nsid} || exit 1`,
    'error=/run/p2plab-write-error',
    'write() {',
    '  said=written',
    '  { echo "$3" >"$2"; } 2>$error || read -r said <$error',
    '  reads=; read -r reads 2>/dev/null <"$2" || true',
    '  echo "wrote $1|${said##*: }|$reads"',
    '}',
    'round=0',
    `while [ $round -lt ${times} ]; do`,
    '  round=$((round + 1))',
    ...writes.map((written, n) => `  write ${n} ${written.attribute} ${text(written)}`),
    'done',
  ].join('\n');
}

function readWrites({ write: writes }: NamespaceParams, output: CommandOutput | undefined) {
  const text = output?.stdout ?? '';
  const ids = new Map([...text.matchAll(/^id (\S+) (\S+)$/gm)].map(([, bdf, id]) => [bdf!, id!]));
  const seen = new Map<string, Set<string>>();
  for (const [, n, said, reads] of text.matchAll(/^wrote (\d+)\|(.*)\|(.*)$/gm)) {
    const known = ids.get(reads!) ?? reads!;
    const told = `${said === 'written' ? said : errnoOf(said!)}${known === '' ? '' : `, reads ${known}`}`;
    const key = sampleName(writes[Number(n)]!);
    seen.set(key, (seen.get(key) ?? new Set()).add(told));
  }
  for (const written of writes)
    if (!seen.has(sampleName(written)))
      throw new Error(`the script did not say what became of ${sampleName(written)}`);
  return new Map([...seen].map(([key, told]) => [key, [...told].join(' | ')]));
}

/** In single quotes for the shell. */
const quoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;
