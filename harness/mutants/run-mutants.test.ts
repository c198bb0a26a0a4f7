import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import t from 'tap';
import { HarnessError, Interrupted } from '../common/errors.js';
import type { Result } from '../report/run-document.js';
import { result } from '../report/sample.test.support.js';
import type { Scenario } from '../scenario/scenario.js';
import type { Lab, LabRun } from './lab.js';
import type { MutantsDocument } from './mutants-document.js';
import { runMutants } from './run-mutants.js';
import { candidate, mutant } from './sample.test.support.js';

type Outcome = Result['outcome'];
/** What a scenario comes to on the kernel with a patch; without one it passes. */
type Behaviour = (scenario: string, patch: string | undefined) => Outcome | 'stop';

/** A lab without kernels: it keeps what was run on what. */
function fakeLab(behaviour: Behaviour, { id = 'k0', unbuildable = '' } = {}) {
  const ran: string[] = [];
  const told: string[] = [];
  const nameOf = ([file]: readonly string[]) => file && path.basename(file, '.patch');
  const one = async (scenario: Scenario, { patches, onResult }: LabRun): Promise<Result> => {
    const outcome = behaviour(scenario.name, nameOf(patches));
    ran.push(`${nameOf(patches) ?? 'clean'}: ${scenario.name}`);
    if (outcome === 'stop') throw new Interrupted();
    const checks = [{ name: 'it is right', ok: outcome === 'pass', want: 'a', got: 'b' }];
    const reasons = outcome === 'pass' ? [] : ['it is wrong'];
    const { name, variant } = scenario;
    const done = result({ scenario: name, variant, outcome, reasons, checks });
    await onResult?.(done);
    return done;
  };
  const lab: Lab = {
    kernel: async (patches) => {
      if (patches.length > 0 && nameOf(patches) === unbuildable)
        throw new HarnessError('scenario', 'a.c:1: no semicolon', { remedy: 'write one' });
      return { name: 'base', release: '6.12', id, cached: true };
    },
    run: async (run) => {
      const results: Result[] = [];
      for (const scenario of run.variants) {
        results.push(await one(scenario, run));
        if (run.until?.(results.at(-1)!)) break;
      }
      return results;
    },
    tell: (line) => void told.push(line),
  };
  return { lab, ran, told };
}

const candidates = [
  candidate('far', 'topology', 1),
  candidate('slow', 'copy', 9),
  candidate('quick', 'copy', 2),
];
const request = (dir: string) => ({
  mutants: [mutant('wrong-offset')],
  candidates,
  areaOnly: false,
  baseline: false,
  dir,
});
const states = ({ mutants }: MutantsDocument) => mutants.map(({ name, state }) => `${name} ${state}`);

t.test('the first failure ends the search, and is the cause', async (t) => {
  const { lab, ran } = fakeLab((scenario) => (scenario === 'slow' ? 'fail' : 'pass'));
  const { mutants } = await runMutants(request(t.testdir()), lab);
  t.strictSame(ran, ['wrong-offset: quick', 'wrong-offset: slow']);
  t.match(mutants, [
    {
      state: 'killed',
      cause: { title: 'slow', check: 'it is right', reason: 'it is wrong' },
      variantsRun: 2,
    },
  ]);
});

t.test('what survives its area is tried on the rest', async (t) => {
  const { lab, ran } = fakeLab(() => 'pass');
  t.strictSame(states(await runMutants(request(t.testdir()), lab)), ['wrong-offset survived']);
  t.equal(ran.at(-1), 'wrong-offset: far');
});

t.test('only on its area, when asked for it', async (t) => {
  const { lab, ran } = fakeLab(() => 'pass');
  await runMutants({ ...request(t.testdir()), areaOnly: true }, lab);
  t.strictSame(ran, ['wrong-offset: quick', 'wrong-offset: slow']);
});

t.test('a scenario that fails on the unmodified kernel kills nothing', async (t) => {
  const { lab, ran } = fakeLab((scenario) => (scenario === 'quick' ? 'fail' : 'pass'));
  const document = await runMutants({ ...request(t.testdir()), baseline: true }, lab);
  t.strictSame(states(document), ['wrong-offset survived']);
  t.notOk(ran.includes('wrong-offset: quick'));
  t.match(document.baseline, [
    { title: 'far', outcome: 'pass', reason: '' },
    { title: 'slow', outcome: 'pass' },
    { title: 'quick', outcome: 'fail', reason: 'it is wrong' },
  ]);
});

t.test('a baseline that was asked is not asked again, but for failures', async (t) => {
  const dir = t.testdir();
  const behaviour: Behaviour = (scenario) => (scenario === 'quick' ? 'fail' : 'pass');
  await runMutants({ ...request(dir), baseline: true }, fakeLab(behaviour).lab);
  const { lab, ran } = fakeLab(behaviour);
  await runMutants({ ...request(dir), baseline: true }, lab);
  t.strictSame(ran, ['clean: quick']);
});

t.test('a mutant that does not build is told, and the next one is tried', async (t) => {
  const { lab } = fakeLab(() => 'fail', { unbuildable: 'no-semicolon' });
  const mutants = [mutant('no-semicolon'), mutant('wrong-offset', 'copy', '-o\n+p\n')];
  const document = await runMutants({ ...request(t.testdir()), mutants }, lab);
  t.strictSame(states(document), ['no-semicolon does-not-build', 'wrong-offset killed']);
  t.equal(document.mutants[0]?.problem, 'a.c:1: no semicolon');
});

t.test('a stopped search goes on where it was', async (t) => {
  const dir = t.testdir();
  const mutants = [mutant('first'), mutant('second', 'copy', '-o\n+p\n')];
  const stopped = fakeLab((_, patch) => (patch === 'second' ? 'stop' : 'fail'));
  await t.rejects(runMutants({ ...request(dir), mutants }, stopped.lab), Interrupted);
  const { lab, ran, told } = fakeLab(() => 'fail');
  t.strictSame(states(await runMutants({ ...request(dir), mutants }, lab)), [
    'first killed',
    'second killed',
  ]);
  t.strictSame(ran, ['second: quick']);
  t.match(told[0], /^1\/2 first: killed by quick \(1 variant, .*\): it is wrong, as found before\n$/);
});

t.test('only what changed is tried again', async (t) => {
  const dir = t.testdir();
  const mutants = [mutant('killed'), mutant('survives', 'copy', '-o\n+p\n')];
  const behaviour: Behaviour = (_, patch) => (patch === 'killed' ? 'fail' : 'pass');
  await runMutants({ ...request(dir), mutants }, fakeLab(behaviour).lab);
  const more = fakeLab(behaviour);
  const added = [...candidates, candidate('new', 'copy', 1)];
  await runMutants({ ...request(dir), mutants, candidates: added }, more.lab);
  t.strictSame(new Set(more.ran.map((line) => line.split(':')[0])), new Set(['survives']));
  const patched = fakeLab(behaviour);
  const rewritten = [mutant('killed', 'copy', '-o\n+q\n'), mutants[1]!];
  await runMutants({ ...request(dir), mutants: rewritten, candidates: added }, patched.lab);
  t.strictSame(patched.ran, ['killed: quick']);
});

t.test('nothing holds on another kernel', async (t) => {
  const dir = t.testdir();
  await runMutants(request(dir), fakeLab(() => 'fail').lab);
  const { lab, ran } = fakeLab(() => 'fail', { id: 'k1' });
  await runMutants(request(dir), lab);
  t.strictSame(ran, ['wrong-offset: quick']);
});

t.test('what killed on another kernel is tried first', async (t) => {
  const dir = t.testdir();
  const kills = (scenario: string): Outcome => (scenario === 'far' ? 'fail' : 'pass');
  await runMutants(request(dir), fakeLab(kills, { id: 'k0' }).lab);
  const { lab, ran } = fakeLab(kills, { id: 'k1' });
  await runMutants(request(dir), lab);
  t.strictSame(ran, ['wrong-offset: far']);
});

t.test('what others of the folder are known of is kept', async (t) => {
  const dir = t.testdir();
  await runMutants(request(dir), fakeLab(() => 'fail').lab);
  const mutants = [mutant('other', 'copy', '-o\n+p\n')];
  t.strictSame(states(await runMutants({ ...request(dir), mutants }, fakeLab(() => 'pass').lab)), [
    'other survived',
  ]);
  t.match(readFileSync(path.join(dir, 'mutants.json'), 'utf8'), /"name": "wrong-offset"/);
});

t.test('a folder with something else is left alone', async (t) => {
  const dir = t.testdir({ 'mutants.json': '{}' });
  await t.rejects(runMutants(request(dir), fakeLab(() => 'pass').lab), {
    blame: 'scenario',
    message: `${dir}/mutants.json is not a p2plab.mutants/1 document`,
  });
  t.notOk(existsSync(path.join(dir, 'mutants.json.new')));
});
