import t from 'tap';
import { HarnessError } from '../common/errors.js';
import { readImageFile, type PathKind } from './read-image-file.js';

const existing: Record<string, 'file' | 'folder'> = {
  '/i/base.yaml': 'file',
  '/u/my-files': 'folder',
  '/u/probe': 'file',
  '/u/probe.c': 'file',
  '/u/other.yaml': 'file',
};
const kindOf: PathKind = (path) => existing[path];
const read = (text: string) => readImageFile('/u/mine.yaml', text, '/i', kindOf);

function messageOf(text: string): string {
  try {
    read(text);
  } catch (error) {
    if (error instanceof HarnessError && error.blame === 'scenario') return error.message;
    throw error;
  }
  return 'no error';
}

t.test('paths are relative to the file, images given by name are in the images folder', async (t) => {
  const text = [
    'extends: base',
    'packages: [ethtool, libc6-dev]',
    'overlay:',
    '  - my-files',
    '  - { from: probe, to: /p2plab/bin/probe }',
    'programs: [probe.c]',
    'libraries: [probe.c]',
    'stubs: [librados.so.2]',
  ];
  t.strictSame(read(text.join('\n')), {
    extends: '/i/base.yaml',
    packages: ['ethtool', 'libc6-dev'],
    overlay: [
      { from: '/u/my-files', to: '/' },
      { from: '/u/probe', to: '/p2plab/bin/probe' },
    ],
    programs: ['/u/probe.c'],
    libraries: ['/u/probe.c'],
    stubs: ['librados.so.2'],
  });
  t.equal(read('extends: ./other.yaml').extends, '/u/other.yaml');
});

t.test('every key may be left out', async (t) => {
  t.strictSame(read('# nothing yet\n'), {
    extends: undefined,
    packages: [],
    overlay: [],
    programs: [],
    libraries: [],
    stubs: [],
  });
});

t.test('all problems at once, each where it is', async (t) => {
  const text =
    'package: [fio]\npackages: [fio, "Fio!", 7]\noverlay:\n  - { from: probe, to: ../bin }\nprograms: probe.cc\n';
  t.equal(
    messageOf(text),
    [
      '/u/mine.yaml:1:1: unknown key "package", did you mean "packages"?',
      '/u/mine.yaml:2:17: packages[1]: want a Debian package name, found "Fio!"',
      '/u/mine.yaml:2:25: packages[2]: want a Debian package name, found 7',
      '/u/mine.yaml:4:24: overlay[0].to: want an absolute path in the guest without .., found "../bin"',
      '/u/mine.yaml:5:11: programs: want the path of a C source file, found "probe.cc"',
    ].join('\n'),
  );
});

t.test('files that are named must be there', async (t) => {
  const text = 'extends: bsae\noverlay: [nothing, probe]\nprograms: [gone.c]\n';
  t.equal(
    messageOf(text),
    [
      '/u/mine.yaml:1:10: extends: want an image (/i/bsae.yaml is none), found "bsae"',
      '/u/mine.yaml:2:11: overlay[0]: want a file or folder (there is no /u/nothing), found "nothing"',
      '/u/mine.yaml:2:20: overlay[1]: want a folder, or { from, to } for a file, found "probe"',
      '/u/mine.yaml:3:12: programs[0]: want a C source file (there is no /u/gone.c), found "gone.c"',
    ].join('\n'),
  );
});

t.test('what is no YAML, or no map', async (t) => {
  t.equal(messageOf('- fio\n'), '/u/mine.yaml:1:1: want a map, found a list of 1');
  t.match(messageOf('packages: [fio\n'), /^\/u\/mine\.yaml:2:1: bad YAML: /);
});
