import { writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Page } from 'playwright-core';
import t from 'tap';
import { packageRoot } from '../../common/paths.js';
import { loaded, options, recorded } from '../recorded.test.support.js';
import type { LoadedRun } from '../load-run.js';
import type { Result } from '../run-document.js';
import { failed, result } from '../sample.test.support.js';
import { launch, noBrowser, open, shown } from './browser.test.support.js';
import { renderPage } from './render-page.js';

// The page as a browser has it. `P2PLAB_UPDATE_GOLDEN=1` takes the screenshots that are kept.

const screenshots = path.join(packageRoot, 'harness/report/testdata/screenshots');

t.test('the page in Chromium', { skip: noBrowser }, async (t) => {
  const browser = await launch();
  t.teardown(() => browser.close());
  const mutant = await recorded('mutant');
  const golden = await renderPage(mutant, { ...options, against: await recorded('base') });
  const mixed = await renderPage(
    loaded([
      result({ scenario: 'copy', kernel: 'old' }),
      result({ scenario: 'allocate', kernel: 'new' }),
      { ...failed, scenario: 'export', kernel: 'new' },
    ]),
    options,
  );

  for (const width of [1280, 400])
    for (const scheme of ['light', 'dark'] as const)
      t.test(`opens without a word on the console, ${width} px wide and ${scheme}`, async (t) => {
        const { page, complaints, requests } = await open(t, browser, {
          html: golden,
          width,
          scheme,
          hash: '#open=r1',
        });
        t.same(complaints, []);
        t.same(requests, []);
        t.ok(await page.locator('#r1d svg.topology').isVisible());
        t.equal(await page.evaluate('document.documentElement.scrollWidth'), width, 'nothing sticks out');
        const ground = await page.evaluate('getComputedStyle(document.body).backgroundColor');
        t.equal(ground, scheme === 'light' ? 'rgb(255, 255, 255)' : 'rgb(20, 23, 26)');
        if (process.env.P2PLAB_UPDATE_GOLDEN === '1' && (width === 1280) === (scheme === 'light'))
          await keepScreenshots(page, { width, scheme });
      });

  t.test('the button turns light into dark, and says what it would do', async (t) => {
    const { page } = await open(t, browser, { html: mixed });
    t.equal(await page.locator('#theme').innerText(), 'Dark');
    await page.locator('#theme').click();
    t.equal(await page.locator('#theme').innerText(), 'Light');
    t.equal(await page.evaluate('getComputedStyle(document.body).backgroundColor'), 'rgb(20, 23, 26)');
  });

  t.test('filters show what fits, and are in the address', async (t) => {
    const { page } = await open(t, browser, { html: mixed });
    t.same(await shown(page), ['copy', 'allocate', 'export']);
    await page.getByLabel('pass').uncheck();
    t.same(await shown(page), ['export']);
    t.equal(await page.evaluate('location.hash'), '#outcome=fail');
    t.equal(await page.locator('#shown').innerText(), '1 of 3 results');
    await page.getByRole('button', { name: 'Reset' }).click();
    await page.locator('#shown', { hasText: 'all 3 results' }).waitFor();
    await page.getByLabel('Kernel').selectOption('new');
    t.same(await shown(page), ['allocate', 'export']);
    await page.getByLabel('Text').fill('ALLO');
    t.same(await shown(page), ['allocate']);
    t.equal(await page.evaluate('location.hash'), '#kernel=new&text=allo'.replace('allo', 'ALLO'));
  });

  t.test('an address brings filters and opened rows back', async (t) => {
    const { page } = await open(t, browser, { html: mixed, hash: '#outcome=fail&open=r3' });
    t.same(await shown(page), ['export']);
    t.ok(await page.locator('#r3d').isVisible());
  });

  t.test('a tag is a filter', async (t) => {
    const { page } = await open(t, browser, { html: golden });
    await page.getByLabel('Area or tag').selectOption('smoke');
    t.same(await shown(page), ['nvme-copy-p2p']);
    await page.getByLabel('Area or tag').selectOption('copy');
    t.same(await shown(page), ['nvme-copy-p2p']);
  });

  t.test('a keyboard is enough', async (t) => {
    const { page } = await open(t, browser, { html: mixed });
    await page.keyboard.press('Tab');
    t.equal(await page.evaluate('document.activeElement.textContent'), 'Skip to the results');
    await page.locator('#r1 .toggle').focus();
    await page.keyboard.press('Enter');
    t.ok(await page.locator('#r1d').isVisible());
    t.equal(await page.locator('#r1 .toggle').getAttribute('aria-expanded'), 'true');
    await page.keyboard.press('Enter');
    t.notOk(await page.locator('#r1d').isVisible());
  });

  t.test('on paper what failed is open, and there are no controls', async (t) => {
    const { page } = await open(t, browser, { html: mixed, scheme: 'dark' });
    await page.emulateMedia({ media: 'print' });
    t.notOk(await page.locator('#r1d').isVisible());
    t.ok(await page.locator('#r3d').isVisible());
    t.notOk(await page.locator('#filters').isVisible());
  });

  t.test('what a guest says is text', async (t) => {
    const { page, complaints } = await open(t, browser, {
      html: await renderPage(await hostile(mutant), options),
    });
    t.same(complaints, []);
    t.equal(await page.locator('script').count(), 1);
    t.equal(await page.locator('img, iframe, a[href*=javascript]').count(), 0);
    t.equal(await page.evaluate('window.owned'), undefined);
    const text = await page.locator('#r1d').innerHTML();
    t.match(text, '&lt;img src=x onerror=');
    t.match(text, '\\x1b[2J');
    t.match(text, '\\u202e');
    t.notMatch(text, /[\x1b\u202e]/);
  });

  t.test('a run of 800 results opens, and filters', async (t) => {
    const one = mutant.run.results;
    const results = Array.from({ length: 800 }, (_, n): Result => ({
      ...one[n % one.length]!,
      scenario: `scenario-${n}`,
      outcome: n % 10 === 0 ? 'fail' : 'pass',
    }));
    const html = await renderPage({ ...mutant, run: { ...mutant.run, results } }, options);
    const { page, complaints } = await open(t, browser, { html });
    t.same(complaints, []);
    t.equal(await page.locator('#shown').innerText(), 'all 800 results');
    await page.getByLabel('Text').fill('scenario-799');
    t.same(await shown(page), ['scenario-799']);
  });
});

/** In pieces, each below 200 kB. */
async function keepScreenshots(page: Page, { width, scheme }: { width: number; scheme: string }) {
  const pieces: [name: string, from: number, height: number][] =
    width === 1280
      ? [
          ['top', 0, 900],
          ['evidence', 900, 900],
        ]
      : [['top', 0, 1100]];
  for (const [name, y, height] of pieces) {
    const clip = { x: 0, y, width, height };
    const file = path.join(screenshots, `${width}-${scheme}-${name}.png`);
    writeFileSync(file, await page.screenshot({ clip, fullPage: true }));
  }
}

/** The recorded run with names and words in it, of the kernel, the ledger and the plan, that would like to be more. */
async function hostile(run: LoadedRun): Promise<LoadedRun> {
  const attack = `<img src=x onerror="window.owned=1">\x1b[2J\u202e</svg></script><script>window.owned=1</script>`;
  const [first] = run.run.results;
  const steps = first!.evidence.steps.map((step) => ({
    ...step,
    name: `${step.name}${attack}`,
    transfers: step.transfers.map((transfer) => ({
      ...transfer,
      drive: attack,
      bytesByRegion: { [attack]: 4096 },
    })),
    bytesByRegion: { [attack]: 4096 },
  }));
  const metrics = first!.metrics.map((metric) => ({ ...metric, name: `${metric.name}${attack}` }));
  const changed: Result = { ...first!, reasons: [attack], metrics, evidence: { ...first!.evidence, steps } };
  return { ...run, run: { ...run.run, results: [changed] } };
}
