import * as z from 'zod';
import { line, textLike } from '../scenario/schema-parts.js';
import { errnoOf } from './errno.js';
import { leavesNothing, stepKind } from './step-kind.js';

const moduleName = () => textLike('the name of a module like nvmet-rdma', /^[A-Za-z0-9][\w-]*$/);

const params = z
  .strictObject({
    load: moduleName().optional(),
    unload: moduleName().optional(),
    look: moduleName().optional(),
    parameters: z
      .record(z.string().regex(/^[a-z]\w*$/, 'the name of a module parameter'), line())
      .default({}),
  })
  .refine(({ load, unload, look }) => [load, unload, look].filter(Boolean).length === 1, {
    path: ['load'],
    message: 'one of load, unload and look',
  })
  .refine(({ load, parameters }) => load !== undefined || Object.keys(parameters).length === 0, {
    path: ['parameters'],
    message: 'parameters with load only',
  });

/** The module that a step of this kind is about, as the kernel writes it. */
export const moduleOf = ({ load, unload, look }: Pick<z.infer<typeof params>, 'load' | 'unload' | 'look'>) =>
  (load ?? unload ?? look ?? '').replaceAll('-', '_');

/**
 * Loads a module, unloads it, or looks at it. That the kernel refuses to unload it is a sample: EAGAIN while somebody has
 * a reference to it (delete_module of kernel/module/main.c, 6.12). An unload waits for what the module's devices are in
 * the middle of; one that never ends is found by the step's deadline.
 * Samples: error (none, or an errno's name), state afterwards (loaded, absent), references and usedBy (modules that use
 * its symbols, each of which is a reference; none) before an unload and else afterwards, pools (how many PCI functions have
 * p2pmem afterwards), tookMs in steps of the guest's 10 ms.
 */
export const module = stepKind({
  kind: 'module',
  summary: 'loads, unloads or looks at a module of the kernel; what is refused is a sample',
  parameters: 'load, unload or look (a name), parameters (of the module; with load)',
  records: 'error (none, EAGAIN, …), state (loaded, absent), references, usedBy, pools, tookMs',
  params,
  commands: (p) => {
    const name = moduleOf(p);
    const lines = [
      'now() { read -r up idle </proc/uptime; echo "${up%.*}${up#*.}"; }', // in hundredths of seconds
      'state() {',
      `  if [ -e /sys/module/${name}/refcnt ]; then echo loaded; elif [ -d /sys/module/${name} ]; then echo built-in; else echo absent; fi`,
      '}',
      `[ "$(state)" != built-in ] || { echo "${name} is built into this kernel" >&2; exit 1; }`,
      'references() {',
      '  count=0 users=none',
      '  if [ "$(state)" = loaded ]; then',
      `    read -r count </sys/module/${name}/refcnt; set -- $(ls /sys/module/${name}/holders)`,
      '    users="${*:-none}"',
      '  fi',
      '  echo "references $count"; echo "usedBy $users"',
      '}',
      ...(p.unload === undefined ? [] : [mustBeLoaded(name), 'references']),
      `t0=$(now); error=$(${act(name, p)} 2>&1) && error=none; t1=$(now)`,
      ...(p.unload === undefined ? ['references'] : []),
      'case $error in *"temporarily unavailable"*) error=EAGAIN ;; esac',
      'echo "error ${error##*: }"',
      'echo "state $(state)"',
      'pools=0; for pool in /sys/bus/pci/devices/*/p2pmem; do [ ! -d "$pool" ] || pools=$((pools + 1)); done',
      'echo "pools $pools"',
      'echo "ticks $((t1 - t0))"',
    ];
    return [{ label: p.load ? 'load' : p.unload ? 'unload' : 'look', script: lines.join('\n') }];
  },
  samples: (_, [output]) => {
    const said = (name: string, what: string) => {
      const value = new RegExp(`^${name} (${what})$`, 'm').exec(output?.stdout ?? '')?.[1];
      if (value === undefined) throw new Error(`the script did not say ${name}`);
      return value;
    };
    return [
      { name: 'error', value: errnoOf(said('error', '.{1,100}')) },
      { name: 'state', value: said('state', '\\w{1,20}') },
      { name: 'references', value: Number(said('references', '\\d{1,9}')) },
      { name: 'usedBy', value: said('usedBy', '[\\w ]{1,1000}') },
      { name: 'pools', value: Number(said('pools', '\\d{1,9}')) },
      { name: 'tookMs', value: Number(said('ticks', '\\d{1,9}')) * 10, unit: 'ms' },
    ];
  },
  undo: (p) => (p.unload === undefined ? [] : [{ label: 'load', script: loadAgain(moduleOf(p)) }]),
  asFound: leavesNothing,
});

const mustBeLoaded = (name: string): string =>
  `[ "$(state)" = loaded ] || { echo "module ${name} is not loaded" >&2; exit 1; }`;

function act(name: string, { load, unload, parameters }: z.infer<typeof params>): string {
  if (unload !== undefined) return `rmmod ${name}`;
  if (load === undefined) return 'true';
  return [
    'modprobe',
    name,
    ...Object.entries(parameters).map(([key, value]) => `${key}=${quoted(value)}`),
  ].join(' ');
}

const quoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;

const loadAgain = (name: string): string => `[ -e /sys/module/${name} ] || modprobe ${name}`;
