import path from 'node:path';
import t from 'tap';
import { firstError, makeFailure } from './make-failure.js';

const compiler = `  CC      drivers/pci/p2pdma.o
/cache/tree/drivers/pci/p2pdma.c: In function 'f':
/cache/tree/drivers/pci/p2pdma.c:12:9: warning: unused variable
/cache/tree/drivers/pci/p2pdma.c:13:9: error: 'x' undeclared
make[4]: *** [scripts/Makefile.build:229: drivers/pci/p2pdma.o] Error 1
`;

t.test('the first error, whoever printed it', async (t) => {
  t.equal(firstError(compiler, '/cache/tree'), "drivers/pci/p2pdma.c:13:9: error: 'x' undeclared");
  t.equal(
    firstError(
      "  LD      vmlinux\nld: drivers/pci/p2pdma.o: undefined reference to `f'\nmake: *** [vmlinux] Error 1\n",
      '/t',
    ),
    "ld: drivers/pci/p2pdma.o: undefined reference to `f'",
  );
  t.equal(
    firstError('make[1]: *** No rule to make target x\nmake: *** [y] Error 2\n', '/t'),
    'make[1]: *** No rule to make target x',
  );
  t.equal(firstError('Aborted\n\n', '/t'), 'Aborted');
  t.equal(firstError('', '/t'), 'it printed nothing');
});

t.test('whose fault it is', async (t) => {
  const dir = t.testdir({
    full: 'as: fatal error: cannot write x.o: No space left on device\n',
    tool: '/bin/sh: 1: flex: not found\nmake[2]: *** [scripts/kconfig/lexer.lex.c] Error 127\n',
    memory: 'gcc: fatal error: Killed signal terminated program cc1\n',
    compiler,
  });
  const of = (log: string, usersOwn: string[] = [], said = '') => {
    const context = {
      name: 'k',
      tree: '/cache/tree',
      log: path.join(dir, log),
      source: '/src.tar',
      usersOwn,
    };
    return makeFailure('compiling', context, said);
  };
  t.match(await of('full'), { blame: 'host', message: 'compiling k failed: the disk is full' });
  t.match(await of('compiler', [], 'cp: error writing x: No space left on device'), { blame: 'host' });
  t.match(await of('tool'), { blame: 'host', remedy: /^apt-get install .*flex/ });
  t.match(await of('memory'), { blame: 'host', message: /want of memory$/ });
  const message = "compiling k failed: drivers/pci/p2pdma.c:13:9: error: 'x' undeclared";
  t.match(await of('compiler'), { blame: 'harness', message, evidence: path.join(dir, 'compiler') });
  t.match(await of('compiler', ['a.patch']), { blame: 'scenario', message, remedy: 'correct a.patch' });
});
