import fc from 'fast-check';
import t from 'tap';
import { hostileResult } from './hostile.test.support.js';
import { junitProblems as problems } from './junit.test.support.js';
import { loaded, recorded, render } from './recorded.test.support.js';
import { failed, result, skipped } from './sample.test.support.js';

const broken = result({ scenario: 'other', outcome: 'broken', reasons: ['QEMU ended'], checks: [] });

t.test('the XSD takes what there is of outcomes, and would not take anything', async (t) => {
  const xml = await render('junit', loaded([result(), failed, skipped, broken]));
  t.same(await problems(xml), []);
  t.not((await problems(xml.replaceAll('testcase', 'case'))).length, 0);
});

t.test('the XSD takes real runs, and one of which nothing is known yet', async (t) => {
  t.same(await problems(await render('junit', await recorded('mutant'))), []);
  t.same(await problems(await render('junit', loaded([], { state: 'running' }))), []);
});

// one document of many results: to start the validator takes a second
t.test('the XSD takes whatever a guest says', async (t) => {
  const results = fc.sample(hostileResult, 100);
  t.same(await problems(await render('junit', loaded(results))), []);
});

t.test("a failure is the kernel's, an error is not, and totals are by scenario", async (t) => {
  const xml = await render('junit', loaded([result(), failed, skipped, broken]));
  t.match(xml, '<testsuites name="p2plab" tests="4" failures="1" errors="1" time="37.02">');
  t.match(xml, '<testsuite name="copy" tests="2" failures="1" errors="0" time="24.68" skipped="0"');
  t.match(
    xml,
    '<failure type="kernel" message="0 % of nvme1\'s data went through nvme0\'s BAR in step write',
  );
  t.match(xml, '<error type="broken" message="QEMU ended">');
  t.match(xml, '<skipped>kernel k is built without CONFIG_NVME_RDMA</skipped>');
});

t.test('a failure has its failed checks, its trace and how to see it again', async (t) => {
  const xml = await render('junit', await recorded('mutant'));
  t.match(xml, 'host: kernel log is clean: want no line that tells of trouble, got 1, the first in line');
  t.match(xml, 'pci_p2pdma_release (drivers/pci/p2pdma.c:241)');
  t.notMatch(xml, /RAX:/);
  t.match(xml, '--patch kernels/mutants/leak-one-page-on-free.patch');
});
