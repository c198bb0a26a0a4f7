import { readFileSync } from 'node:fs';
import path from 'node:path';
import t from 'tap';
import { filesBelow, p2plab, readRun } from './run-p2plab.test.support.js';

const p2pdma = 'drivers/pci/p2pdma.c';

/** Runs by line with code. */
const linesOf = (tracefile: string): Map<number, number> =>
  new Map(
    [...tracefile.matchAll(/^DA:(\d+),(\d+)$/gm)].map(([, line, runs]) => [Number(line), Number(runs)]),
  );

/** The only line of a text that has some words. */
function lineWith(text: string, words: string): number {
  const found = text.split('\n').flatMap((line, n) => (line.includes(words) ? [n + 1] : []));
  if (found.length !== 1) throw new Error(`${found.length} lines have ${words}`);
  return found[0]!;
}

t.test(
  'which lines of an unmodified kernel ran: allocations did, and their error paths did not',
  async (t) => {
    const dir = path.join(t.testdir(), 'run');
    const one = ['p2pmem-allocate', '--set', 'provider=shm0', '--install-packages'];
    const ran = await p2plab(['run', ...one, '--coverage', '--out', dir]);
    t.equal(ran.exitCode, 0, `${ran.stdout}\n${ran.stderr}`);
    t.match(ran.stdout, `coverage: p2plab coverage ${dir} --patches`);
    const [result] = readRun(dir).results;
    const folder = 'results/p2pmem-allocate.provider=shm0';
    t.ok(result!.artifacts.includes(`${folder}/coverage.gz`));
    t.notOk(filesBelow(dir).includes(`${folder}/host/executed.blocks`), 'the large file is gone');

    const lcov = path.join(dir, 'cov.info');
    const asked = await p2plab(['coverage', dir, '--file', p2pdma, '--lcov', lcov]);
    t.equal(asked.exitCode, 0, asked.stderr);
    const [, code, covered] = /^drivers\/pci\/p2pdma\.c +(\d+) +(\d+) /m.exec(asked.stdout) ?? [];
    t.ok(Number(code) > 250 && Number(covered) > 150 && Number(covered) < Number(code), asked.stdout);
    t.match(asked.stdout, /^ {2}never ran: \d+(-\d+)? \(host_bridge_whitelist\)$/m);
    t.notMatch(asked.stdout, /\(pci_p2pmem_publish\)/, 'ran, every line of it');

    const source = readFileSync(`${lcov}.source/${p2pdma}`, 'utf8');
    const lines = linesOf(readFileSync(lcov, 'utf8'));
    t.ok(lines.get(lineWith(source, 'kaddr = (void *)gen_pool_alloc_owner(p2pdma->pool'))! > 0);
    t.equal(lines.get(lineWith(source, '/* prevent private mappings')), undefined, 'a comment has no code');
    t.equal(lines.get(lineWith(source, 'vma->vm_flags & VM_MAYSHARE')! + 1), 0, 'nobody mapped privately');

    const patches = await p2plab(['coverage', dir, '--patches']);
    t.equal(patches.exitCode, 0, patches.stderr);
    const first =
      /^p2pdma-enable\n {2}patch 1: (\d+) of (\d+) added lines ran.* {2}0001-misc-p2pmem-ivshmem-/m;
    const [, part, whole] = first.exec(patches.stdout) ?? [];
    t.ok(Number(part) > 5 && Number(part) < Number(whole), patches.stdout);
    t.match(
      patches.stdout,
      /^ {6}never ran: drivers\/misc\/p2pmem-ivshmem\.c:\d+(-\d+)? \(p2pmem_ivshmem_probe\)$/m,
    );
  },
);
