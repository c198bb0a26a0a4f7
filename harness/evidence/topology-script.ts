import { testModule } from '../workload/test-module.js';

/** PCI addresses to ask the kernel about: every client with every provider. */
export type Questions = { clients: readonly string[]; providers: readonly string[] };

/**
 * Lines that tell what the guest got, for parseTopology(). Only the shell and parts of busybox, since a program costs
 * an emulated guest 10 ms and more (lspci 300). `cd -P` shows where a link of sysfs leads; the bridges' configuration
 * space is for their ACS capability.
 *
 * The kernel's answers are asked for last: a question makes p2pdma remember how the client's DMA is mapped
 * (map_types in drivers/pci/p2pdma.c, 6.12), as the first transfer would.
 */
export function topologyScript({ clients, providers }: Questions): string {
  return [
    'while IFS= read -r line; do',
    '  case $line in processor*) ;; stepping*) break ;; *) echo "cpu $line" ;; esac',
    'done </proc/cpuinfo',
    'cd /sys/bus/pci/devices; bridges=',
    'for bdf in *; do',
    '  cd -P "$bdf"; path=$PWD; group= type=',
    '  read -r class <class; case $class in 0x0604*) bridges="$bridges $bdf/config" ;; esac',
    '  [ ! -e iommu_group ] || { cd -P iommu_group; group=${PWD##*/}; [ ! -e type ] || read -r type <type; }',
    '  echo "function $path $group $type"',
    '  cd /sys/bus/pci/devices',
    'done',
    "grep -s '' */uevent */resource */p2pmem/size */p2pmem/published */nvme/nvme*/cmbsz */nvme/nvme*/cmbloc",
    '[ -z "$bridges" ] || { echo config; head -v -c 4096 $bridges | base64; echo end; }',
    ...questionLines(clients, providers),
    'true',
  ].join('\n');
}

/** Question and answer go through one open file, whose answer is its own (`echo`, then `read`). */
function questionLines(clients: readonly string[], providers: readonly string[]): string[] {
  if (clients.length === 0 || providers.length === 0) return [];
  return [
    'ask() {',
    '  what=$1; shift; answer=',
    '  { echo "$*" >&3 && read -r answer <&3; } 2>/dev/null',
    '  echo "$what $* = $answer"',
    '}',
    `if [ -e ${testModule}/probe ]; then`,
    `  exec 3<>${testModule}/probe`,
    `  for client in ${clients.join(' ')}; do`,
    `    for provider in ${providers.join(' ')}; do ask probe "$client" "$provider"; done`,
    '  done',
    `  exec 3<>${testModule}/choose`,
    `  for client in ${clients.join(' ')}; do ask choose "$client"; done`,
    '  exec 3>&-',
    'fi',
  ];
}
