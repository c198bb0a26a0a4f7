import t from 'tap';
import { buildEnvironment, makeCommand } from './build-environment.js';

t.test('nothing of the caller that could change the kernel comes through', async (t) => {
  const { PATH, KCFLAGS, MAKEFLAGS, CROSS_COMPILE, KBUILD_BUILD_USER, LC_ALL } = buildEnvironment({
    PATH: '/bin',
    KCFLAGS: '-O0',
    MAKEFLAGS: '-j9',
    CROSS_COMPILE: 'arm-',
    KBUILD_BUILD_USER: 'me',
    LC_ALL: 'de_DE',
  });
  t.same([PATH, KCFLAGS, MAKEFLAGS, CROSS_COMPILE, KBUILD_BUILD_USER, LC_ALL], ['/bin', , , , 'p2plab', 'C']);
});

t.test('ccache is used where there is one', async (t) => {
  const plain = makeCommand('/obj', { versions: [], ccache: false });
  t.match(plain, ['make', 'O=/obj', /^-j\d+$/, 'ARCH=x86_64', 'LOCALVERSION=']);
  t.same(makeCommand('/obj', { versions: [], ccache: true }), [
    ...plain,
    'CC=ccache gcc',
    'HOSTCC=ccache gcc',
  ]);
});
