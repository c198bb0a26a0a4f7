import fc from 'fast-check';
import t from 'tap';
import { readFioFigures } from './fio-figures.js';

const side = (ios: number, over = {}) => ({ total_ios: ios, bw_bytes: 4096 * ios, clat_ns: {}, ...over });
const output = (jobs: object[]) => `fio: a note\n${JSON.stringify({ 'fio version': 'fio-3.33', jobs })}\n`;

t.test('throughput and latencies of each job and direction that did I/O', (t) => {
  const percentile = { '50.000000': 92_672, '99.000000': 10_813_440 };
  const write = side(2048, { clat_ns: { percentile } });
  const mixed = { jobname: 'bs=4k.read', read: side(7), write: side(9) };
  t.same(readFioFigures(output([{ jobname: 'bs=4k', read: side(0), write }, mixed])), [
    { job: 'bs=4k', ios: 2048, bytesPerSecond: 8_388_608, latencyNs: { p50: 92_672, p99: 10_813_440 } },
    { job: 'bs=4k.read', ios: 7, bytesPerSecond: 28_672, latencyNs: { p50: undefined, p99: undefined } },
    { job: 'bs=4k.read', ios: 9, bytesPerSecond: 36_864, latencyNs: { p50: undefined, p99: undefined } },
  ]);
  t.end();
});

t.test('what is none of fio has no figures', (t) => {
  fc.assert(fc.property(fc.oneof(fc.string(), fc.json()), (text) => readFioFigures(text).length === 0));
  t.same(readFioFigures(output([{ jobname: 'x' }])), []);
  t.end();
});
