import t from 'tap';
import { HarnessError } from '../common/errors.js';
import { parseKernelSpec } from './kernel-spec.js';

function problems(text: string): string[] {
  try {
    parseKernelSpec('k.yaml', text);
    return [];
  } catch (error) {
    if (!(error instanceof HarnessError)) throw error;
    t.equal(error.blame, 'scenario');
    t.equal(error.remedy, 'correct k.yaml');
    return error.message.split('\n');
  }
}

t.test('a definition', async (t) => {
  const spec = parseKernelSpec(
    'k.yaml',
    'source: { debian: linux-source-6.12 }\nseries: [a, { dir: b, patches: 1 }]\nconfig: [guest]\n',
  );
  t.match(spec, {
    source: { debian: 'linux-source-6.12' },
    series: [{ dir: 'a' }, { dir: 'b', patches: 1 }],
    config: ['guest'],
  });
  t.equal(spec.at(['series', 1]), 'k.yaml:2:13');
  t.equal(spec.at(['series', 1, 'patches']), 'k.yaml:2:32');
});

t.test('the series may be left out', async (t) => {
  t.same(parseKernelSpec('k.yaml', 'source: { tree: ../linux }\nconfig: [guest]\n').series, []);
});

t.test('all problems are told at once', async (t) => {
  t.same(problems('source: { debian: 6 }\nseries: [3, { dir: b, patches: -1, x: 1 }]\nconfigs: [guest]\n'), [
    'k.yaml:1:19: source.debian: want a Debian package such as linux-source-6.12, found 6',
    'k.yaml:2:10: series[0]: want the name of a series folder, or { dir: NAME, patches: COUNT }, found 3',
    'k.yaml:2:32: series[1].patches: want a number of patches, 0 or more, found -1',
    'k.yaml:2:36: unknown key series[1].x, want the name of a series folder, or { dir: NAME, patches: COUNT }',
    'k.yaml:1:1: config: want a list of config fragments, found nothing',
    'k.yaml:3:1: unknown key configs, want a mapping of source, series, config and optional',
  ]);
});

t.test('exactly one source', async (t) => {
  const want = 'source: want exactly one of debian, tarball, tree and git, found a mapping';
  t.same(problems('source: { debian: a, tree: b }\nconfig: [guest]\n'), [`k.yaml:1:9: ${want}`]);
  t.same(problems('source: {}\nconfig: [guest]\n'), [`k.yaml:1:9: ${want}`]);
});

t.test('what is no YAML, or nothing', async (t) => {
  t.match(problems('source: [\n'), [/^k\.yaml:2:1: Flow sequence in block collection must be/]);
  t.same(problems(''), ['k.yaml:1:1: want a mapping of source, series, config and optional, found nothing']);
  t.same(problems('source: { debian: a }\nconfig: []\n'), [
    'k.yaml:2:9: config: want at least one config fragment, found a list',
  ]);
});
