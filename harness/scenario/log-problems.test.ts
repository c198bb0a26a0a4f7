import t from 'tap';
import { fakeKinds } from './fake-kinds.test.support.js';
import { good, problemsIn } from './problems-of.test.support.js';
import { readScenario } from './read-scenario.js';

const withLog = (log: string) => `${good}  - log: ${log}\n`;
const withAllow = (entry: string) => `${good}allow:\n  - ${entry}\n`;
const line = good.split('\n').length;

t.test('an expectation of the log is read, and what is allowed in it', async (t) => {
  const text = `${withLog("{ pattern: warning, step: write, on: host, matching: 'in p2pmem_\\w+' }")}allow:
  - { pattern: oom, only: { provider: shm0 } }
`;
  const [nvme0, shm0] = readScenario('a.yaml', text, fakeKinds).variants;
  const log = { type: 'log', pattern: 'warning', step: 'write', on: 'host', matching: 'in p2pmem_\\w+' };
  t.same(nvme0?.expect.at(-1), log);
  t.same(nvme0?.allow, []);
  t.same(shm0?.allow, [{ pattern: 'oom' }]);
});

t.test('an unknown pattern is told with a near one', async (t) => {
  t.strictSame(problemsIn(withLog('{ pattern: warnign }')), [
    `a.yaml:${line}:21: unknown log pattern "warnign", did you mean "warning"?`,
  ]);
  t.strictSame(problemsIn(withAllow('{ pattern: opps }')), [
    `a.yaml:${line + 1}:16: unknown log pattern "opps", did you mean "oops"?`,
  ]);
});

t.test('a step or machine that is not there is told', async (t) => {
  t.match(problemsIn(withAllow('{ pattern: oops, step: wirte }')), [
    /^a\.yaml:26:28: allow\[0\]\.step: want a step \(write\), found "wirte" \[provider=nvme0\]$/,
    /^a\.yaml:26:28: allow\[0\]\.step: want a step \(write or p2pmem-map\), found "wirte" \[provider=shm0\]$/,
  ]);
  t.match(problemsIn(withAllow('{ pattern: oops, on: target }')), [
    /^a\.yaml:\d+:\d+: allow\[0\]\.on: want the machine host, found "target"$/,
  ]);
});

t.test('an expression that is wrong, too long or could take for ever is refused', async (t) => {
  const bad = ['(', '(a+)+$', '(a|a)*b', '(x)\\1', 'a*a*a*a*', 'x'.repeat(201)];
  for (const expression of bad) {
    t.match(problemsIn(withAllow(`{ pattern: oops, matching: '${expression}' }`)), [
      /^a\.yaml:\d+:\d+: allow\[0\]\.matching: want a regular expression of at most 200 characters, /,
    ]);
  }
});

t.test('an expression may have groups, classes and a few repeats', async (t) => {
  const fine = ['in p2pmem_(free|alloc)', '[*+{]+', '\\(.*\\)', 'a.*b.*c?'];
  for (const expression of fine)
    t.strictSame(problemsIn(withAllow(`{ pattern: oops, matching: '${expression}' }`)), []);
});
