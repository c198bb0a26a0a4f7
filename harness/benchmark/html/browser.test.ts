import path from 'node:path';
import t from 'tap';
import { packageRoot } from '../../common/paths.js';
import { launch, noBrowser, open } from '../../report/html/browser.test.support.js';
import { newBench } from '../bench.test.support.js';
import { loadBench } from '../bench-document.js';
import { renderBenchPage } from './render-bench-page.js';

const options = { now: new Date('2026-11-27T08:00:00.000Z') };
const recorded = (await loadBench(path.join(packageRoot, 'harness/benchmark/testdata')))!;

t.test('the page of a bench in Chromium', { skip: noBrowser }, async (t) => {
  const browser = await launch();
  t.teardown(() => browser.close());

  for (const width of [1280, 400])
    t.test(`opens without a word on the console, ${width} px wide`, async (t) => {
      const { page, complaints, requests } = await open(t, browser, {
        html: renderBenchPage(recorded, options),
        width,
      });
      t.same(complaints, []);
      t.same(requests, []);
      t.equal(await page.locator('h1').innerText(), 'p2plab bench: 1 worse, 4 cannot tell, 5 no difference');
      t.equal(await page.locator('svg.chart').count(), 2);
      t.equal(await page.evaluate('document.documentElement.scrollWidth'), width, 'nothing sticks out');
    });

  t.test('what of a guest or a file is on it is text', async (t) => {
    const attack = `<img src=x onerror="window.owned=1">\u001b[2J\u202e</script><script>window.owned=1</script>`;
    const document = newBench({
      scenario: attack,
      costText: attack,
      notInAll: [attack],
      head: { ...newBench().head, label: attack, set: { [attack]: attack } },
      problem: { message: attack, remedy: attack },
      comparisons: recorded.comparisons.map((c) => ({ ...c, metric: attack, step: attack, words: attack })),
    });
    const { page, complaints } = await open(t, browser, { html: renderBenchPage(document, options) });
    t.same(complaints, []);
    t.equal(await page.locator('script').count(), 1);
    t.equal(await page.locator('img').count(), 0);
    t.equal(await page.evaluate('window.owned'), undefined);
    t.notMatch(await page.content(), /[\u001b\u202e]/);
  });

  t.test('a bench that compared nothing says so', async (t) => {
    const { page } = await open(t, browser, { html: renderBenchPage(newBench(), options) });
    t.match(await page.locator('main').innerText(), 'Nothing could be compared.');
    t.equal(await page.locator('svg').count(), 0);
  });
});
