import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { parseHTML } from 'linkedom';
import t from 'tap';
import { create } from 'xmlbuilder2';
import { changed, hostileResult } from '../hostile.test.support.js';
import { loaded, recorded, render } from '../recorded.test.support.js';
import type { Result } from '../run-document.js';
import { failed, result } from '../sample.test.support.js';
import { maxDrawn } from './picture-budget.js';

const elements = (html: string, selector: string) =>
  Array.from(parseHTML(html).document.querySelectorAll(selector));

t.test('the policy allows the style and the script of the page, and nothing else', async (t) => {
  const html = await render('html', loaded([result()]));
  const hash = (tag: string) => {
    const [, text = ''] = new RegExp(`<${tag}>(.*?)</${tag}>`, 's').exec(html) ?? [];
    return `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
  };
  const [, policy] = /http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(html) ?? [];
  t.equal(
    policy?.replaceAll('&#39;', "'"),
    `default-src 'none'; style-src ${hash('style')}; script-src ${hash('script')}; base-uri 'none'; form-action 'none'`,
  );
});

t.test('the page names nothing to load, and no element has a style or a handler of its own', async (t) => {
  const html = await render('html', await recorded('mutant'), { against: await recorded('base') });
  for (const element of elements(html, 'body *'))
    for (const { name, value } of Array.from(element.attributes))
      if (/^(?:style|src|srcset|on.*)$/.test(name) || (name === 'href' && !value.startsWith('#')))
        t.fail(`${element.tagName} has ${name}=${value}`);
});

t.test('hostile text makes no element: there are as many of each as with harmless text', async (t) => {
  const count = async (r: Result) => {
    const html = await render('html', loaded([r]), { against: loaded([changed(r)]) });
    const names = [...elements(html, '*')].map(({ tagName }) => tagName.toLowerCase());
    return ['script', 'style', 'img', 'a', 'iframe', 'meta'].map(
      (name) => names.filter((n) => n === name).length,
    );
  };
  await fc.assert(
    fc.asyncProperty(hostileResult, async (one) => {
      t.same(await count(one), [1, 1, 0, 1, 0, 3]);
    }),
    { numRuns: 40 },
  );
});

t.test('pictures of hostile text are well-formed XML without an element of it', async () => {
  await fc.assert(
    fc.asyncProperty(hostileResult, async (one) => {
      const metrics = one.metrics.map((metric) => ({ ...metric, unit: 'MB/s' }));
      const svg = await render('svg', loaded([{ ...one, metrics }]));
      const { node } = create(svg).root();
      return node.nodeName === 'svg' && !/<(?:img|script|a)\b/i.test(svg);
    }),
    { numRuns: 40 },
  );
});

t.test('what failed is drawn first, and what is not drawn says how to get it', async (t) => {
  const many = Array.from({ length: maxDrawn }, (_, n) => result({ scenario: `pass-${n}` }));
  const html = await render('html', loaded([...many, failed]));
  const notDrawn = elements(html, '.results > tbody').filter((body) =>
    body.textContent?.includes('No drawings of this result are here'),
  );
  t.same(
    notDrawn.map((body) => body.getAttribute('id')),
    [`r${maxDrawn}`],
  );
});

t.test('a run that was cut off says how many of how many results are here', async (t) => {
  const html = await render('html', loaded([result()], { state: 'interrupted' }));
  t.match(html, 'The run did not come to its end: 1 of 1 results are here.');
});
