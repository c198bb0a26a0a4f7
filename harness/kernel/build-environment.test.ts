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
  const plain = makeCommand('/tree', '/obj', { versions: [], ccache: false });
  t.match(plain, ['make', 'O=/obj', /^-j\d+$/, 'ARCH=x86_64', 'LOCALVERSION=', /^KCFLAGS=/]);
  t.same(makeCommand('/tree', '/obj', { versions: [], ccache: true }), [
    ...plain,
    'CC=ccache gcc',
    'HOSTCC=ccache gcc',
  ]);
});

t.test('line tables do not know where they were made', async (t) => {
  const flags = makeCommand('/a/tree', '/a/obj', { versions: [], ccache: false }).find((arg) =>
    arg.startsWith('KCFLAGS='),
  );
  t.equal(flags, 'KCFLAGS=-g1 -fdebug-prefix-map=/a/tree/= -fdebug-prefix-map=/a/obj=.');
});

t.test('a configuration that asks for all debug information gets no less', async (t) => {
  const make = makeCommand('/t', '/o', { versions: [], ccache: false }, { debugInfo: true });
  t.equal(
    make.find((arg) => arg.startsWith('KCFLAGS=')),
    'KCFLAGS=-fdebug-prefix-map=/t/= -fdebug-prefix-map=/o=.',
  );
});
