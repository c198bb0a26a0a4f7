import pc from 'picocolors';
import t from 'tap';
import { resultTable } from './result-table.js';
import { failed, result, skipped } from './sample.test.support.js';

const plain = pc.createColors(false);
const metric = (name: string, value: number, unit = 'MB/s') => {
  return { name, value, unit, better: 'higher' as const };
};
/** A result whose data went there. */
const through = (bytesByRegion: Record<string, number>) => {
  return result({ evidence: { ...result().evidence, dma: { bytesByRegion } } });
};

t.test('columns are as wide as they need, and no line ends in a space', async (t) => {
  t.equal(
    resultTable([through({ shm0: 8192 }), failed, skipped], plain),
    `      scenario  variant         time    data went   throughput
pass  copy      provider=shm0   12.3 s  shm0 100 %
fail  copy      provider=nvme0  12.3 s
skip  nvmeof`,
  );
});

t.test('regions stand in the order of their bytes, and no share is rounded up to all', async (t) => {
  t.match(resultTable([through({ ram: 1, shm0: 100_000 })], plain), / shm0 99\.9 %, ram 0 %$/);
});

t.test('regions of no bytes are no share of anything', async (t) => {
  t.notMatch(resultTable([through({ ram: 0 })], plain), 'NaN');
});

t.test('throughput is the range over the steps, of what is measured in MB/s', async (t) => {
  const metrics = [metric('a', 12.34), metric('b', 250.6), metric('c', 7, 'ms')];
  t.match(resultTable([result({ metrics })], plain), / 12-251 MB\/s$/);
  t.match(resultTable([result({ metrics: metrics.slice(0, 1) })], plain), / 12 MB\/s$/);
});

t.test('colours do not move the columns', async (t) => {
  const coloured = resultTable([result(), skipped], pc.createColors(true));
  t.match(coloured, '\u001b[32mpass\u001b[39m');
  t.equal(coloured.replaceAll(/\u001b\[\d+m/g, ''), resultTable([result(), skipped], plain));
});
