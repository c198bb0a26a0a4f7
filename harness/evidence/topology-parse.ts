import type { BarWindow } from '../vm/pci-map.js';
import { acsOf } from './topology-acs.js';
import type { ChoiceAnswer, GuestFunction, PathAnswer, TopologyEvidence } from './topology.js';

/** IORESOURCE_MEM of include/linux/ioport.h; the first six lines of `resource` are BARs. */
const memoryFlag = 0x200;
const barCount = 6;

/** What topologyScript() printed; latin1, since nothing that a guest prints may stop the parser. */
export function parseTopology(
  output: string,
  idByBdf: ReadonlyMap<string, string>,
): Omit<TopologyEvidence, 'ms'> {
  const lines = output.split('\n');
  const files = sysfsFiles(lines);
  const configs = configSpaces(lines);
  const functions = lines.flatMap((line) => {
    const found = /^function (\S+) ?(\S*) ?(\S*)$/.exec(line);
    return found ? [guestFunction(found[1]!, { group: found[2]!, type: found[3]! }, files, configs)] : [];
  });
  return { cpu: parseCpu(lines), functions, answers: parseAnswers(lines, idByBdf) };
}

function parseCpu(lines: string[]): TopologyEvidence['cpu'] {
  const entries = lines.flatMap((line) => {
    const [, key, value] = /^cpu ([^\t:]+)\t*: ?(.*)$/.exec(line) ?? [];
    return key === undefined || value === undefined ? [] : [[key.trim(), value] as const];
  });
  const { vendor_id: vendor, ...rest } = Object.fromEntries(entries);
  if (vendor === undefined) return undefined;
  return {
    vendor,
    family: Number(rest['cpu family']),
    model: Number(rest.model),
    name: rest['model name'] ?? '',
  };
}

type Files = Map<string, Map<string, string[]>>;

/** Lines of `BDF/path:text`, by BDF and path. */
function sysfsFiles(lines: string[]): Files {
  const files: Files = new Map();
  for (const line of lines) {
    const [, bdf, file, text] =
      /^([0-9a-f]{4}:[0-9a-f]{2}:[0-9a-f]{2}\.[0-7])\/([^:]+):(.*)$/.exec(line) ?? [];
    if (bdf === undefined || file === undefined || text === undefined) continue;
    const ofDevice = files.get(bdf) ?? new Map<string, string[]>();
    files.set(bdf, ofDevice);
    // an NVMe controller's number says nothing
    const name = file.replace(/^nvme\/nvme\d+\//, 'nvme/');
    ofDevice.set(name, [...(ofDevice.get(name) ?? []), text]);
  }
  return files;
}

/** What `head -v` printed, by BDF: a line `==> BDF/config <==`, then the bytes. */
function configSpaces(lines: string[]): Map<string, Buffer> {
  const first = lines.indexOf('config');
  const last = lines.indexOf('end', first);
  if (first < 0 || last < 0) return new Map();
  const text = Buffer.from(lines.slice(first + 1, last).join(''), 'base64').toString('latin1');
  const [, ...parts] = text.split(/\n?==> (\S+)\/config <==\n/);
  const configs = new Map<string, Buffer>();
  for (let n = 0; n + 1 < parts.length; n += 2) configs.set(parts[n]!, Buffer.from(parts[n + 1]!, 'latin1'));
  return configs;
}

function guestFunction(
  path: string,
  iommu: { group: string; type: string },
  files: Files,
  configs: Map<string, Buffer>,
): GuestFunction {
  const [bdf = '', above = ''] = path.split('/').reverse();
  const file = (name: string) => files.get(bdf)?.get(name) ?? [];
  const event = Object.fromEntries(file('uevent').map((line) => line.split('=', 2) as [string, string]));
  const [vendor, product] = (event.PCI_ID ?? '').split(':').map((id) => parseInt(id, 16));
  const config = configs.get(bdf);
  return withoutAbsent({
    bdf,
    vendor: vendor ?? NaN,
    product: product ?? NaN,
    class: parseInt(event.PCI_CLASS ?? '', 16),
    driver: event.DRIVER,
    parent: /^[0-9a-f]{4}:[0-9a-f]{2}:/.test(above) ? above : undefined,
    rootBus: rootBusOf(path),
    iommuGroup: iommu.group || undefined,
    iommuType: iommu.type || undefined,
    bars: file('resource').slice(0, barCount).flatMap(memoryBar),
    acs: config && acsOf(config),
    cmb: parseCmb(file('nvme/cmbsz')[0], file('nvme/cmbloc')[0]),
    pool: parsePool(file('p2pmem/size')[0], file('p2pmem/published')[0]),
  });
}

/** `/sys/devices/pci0000:40/0000:40:01.0`: a host bridge is named by its root bus. */
function rootBusOf(path: string): number | undefined {
  const [, bus = '0'] = /^\/sys\/devices\/pci[0-9a-f]{4}:([0-9a-f]{2})\//.exec(path) ?? [];
  return parseInt(bus, 16) || undefined;
}

/** `0x00000000f4000000 0x00000000f7ffffff 0x000000000014220c`: first byte, last byte, flags. */
function memoryBar(line: string, bar: number): BarWindow[] {
  const [start = 0, last = 0, flags = 0] = line.split(' ').map(Number);
  return flags & memoryFlag && start > 0 ? [{ bar, start, end: last + 1 }] : [];
}

/** NVM Express Base Specification 2.0, 3.1.3.12 (CMBLOC) and 3.1.3.13 (CMBSZ): sizes are in units of 4 KiB × 16^SZU. */
function parseCmb(cmbszText: string | undefined, cmblocText: string | undefined): GuestFunction['cmb'] {
  if (cmbszText === undefined || cmblocText === undefined) return undefined;
  const [cmbsz, cmbloc] = [Number(cmbszText), Number(cmblocText)];
  const unit = 4096 * 16 ** ((cmbsz >>> 8) & 0xf);
  return { cmbsz, cmbloc, bar: cmbloc & 7, offset: (cmbloc >>> 12) * unit, size: (cmbsz >>> 12) * unit };
}

const parsePool = (size: string | undefined, published: string | undefined): GuestFunction['pool'] =>
  size === undefined ? undefined : { size: Number(size), published: published === '1' };

function parseAnswers(lines: string[], idByBdf: ReadonlyMap<string, string>): TopologyEvidence['answers'] {
  const asked = lines.flatMap((line) => {
    const [, what, question = '', answer = ''] = /^(probe|choose) (.*) = (.*)$/.exec(line) ?? [];
    return what === undefined ? [] : [{ what, question, answer }];
  });
  if (asked.length === 0) return undefined;
  const idOf = (bdf: string) => idByBdf.get(bdf) ?? bdf;
  const of = (kind: string) => asked.filter(({ what }) => what === kind);
  return {
    paths: of('probe').map(({ question, answer }): PathAnswer => {
      const [client = '', provider = ''] = question.split(' ').map(idOf);
      const [, distance, map] = /^distance (-?\d+) map (bus|host-bridge|refused|none)$/.exec(answer) ?? [];
      if (distance === undefined) return { client, provider, error: answer || 'no answer' };
      return { client, provider, distance: Number(distance), map: map as 'bus' };
    }),
    choices: of('choose').map(({ question, answer }): ChoiceAnswer => {
      const client = idOf(question);
      return answer === '' ? { client, error: 'no answer' } : { client, provider: idOf(answer) };
    }),
  };
}

/** JSON without keys of nothing. */
const withoutAbsent = <T extends object>(value: T): T =>
  Object.fromEntries(Object.entries(value).filter(([, v]) => v !== undefined)) as T;
