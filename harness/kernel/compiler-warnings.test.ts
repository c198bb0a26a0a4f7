import t from 'tap';
import { addedWarnings, readWarnings } from './compiler-warnings.js';

const log = `  CC      drivers/pci/p2pdma.o
../drivers/pci/p2pdma.c: In function 'f':
../drivers/pci/p2pdma.c:12:6: warning: unused variable 'x' [-Wunused-variable]
   12 |  int x;
/src/tree/mm/gup.c:3: warning: Function parameter 'y' not described in 'g'
../drivers/pci/p2pdma.c:99:6: warning: unused variable 'x' [-Wunused-variable]
drivers/pci/p2pdma.c:5:1: error: expected ';'
`;

t.test('warnings by file and text, each once, and no errors', async (t) => {
  t.same(readWarnings(log, '/src/tree'), [
    { file: 'drivers/pci/p2pdma.c', text: "unused variable 'x' [-Wunused-variable]" },
    { file: 'mm/gup.c', text: "Function parameter 'y' not described in 'g'" },
  ]);
});

t.test('a warning that moved with its line is not new', async (t) => {
  const before = readWarnings('a.c:1:1: warning: old\n', '');
  const after = readWarnings('a.c:7:1: warning: old\na.c:8:1: warning: new\n', '');
  t.same(addedWarnings(before, after), [{ file: 'a.c', text: 'new' }]);
});
