import t from 'tap';
import { cpuOfModel, cpuText } from './predict-cpu.js';

const shown = (cpu: string, accelerator?: 'tcg' | 'kvm') => {
  const known = cpuOfModel(cpu, accelerator);
  return known && cpuText(known);
};

t.test('EPYC models are AMD family 0x17 and newer', async (t) => {
  t.strictSame(
    ['EPYC', 'EPYC-v3', 'EPYC-IBPB', 'EPYC-Rome-v2', 'EPYC-Milan'].map((cpu) => shown(cpu)),
    [...Array(4).fill('AuthenticAMD family 0x17'), 'AuthenticAMD family 0x19'],
  );
});

t.test('max and qemu64 are an old AMD under TCG, kvm64 an old Intel', async (t) => {
  t.equal(shown('max'), 'AuthenticAMD family 0xf');
  t.equal(shown('qemu64'), 'AuthenticAMD family 0xf');
  t.equal(shown('kvm64'), 'GenuineIntel family 0xf');
});

t.test('versions and variants of an Intel model are of its family', async (t) => {
  t.equal(shown('Skylake-Client-noTSX-IBRS'), 'GenuineIntel family 0x6');
  t.equal(shown('Cascadelake-Server-v5,+avx2'), 'GenuineIntel family 0x6');
});

t.test('a model that is not in the table is not guessed', async (t) => {
  t.equal(shown('EPYC-Venice'), undefined);
  t.equal(shown('base'), undefined);
});

t.test('under KVM the vendor is not known unless it is given', async (t) => {
  t.equal(shown('EPYC', 'kvm'), undefined);
  t.equal(shown('EPYC,vendor=AuthenticAMD', 'kvm'), 'AuthenticAMD family 0x17');
});

t.test('given properties count more than the model', async (t) => {
  t.equal(shown('qemu64,family=23'), 'AuthenticAMD family 0x17');
});
