import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import t from 'tap';
import { formatNames } from './format-names.js';
import { formats } from './formats.js';
import { recorded, render, reportsDir } from './recorded.test.support.js';

const update = process.env.P2PLAB_UPDATE_GOLDEN === '1';

const against = await recorded('base');
const mutant = await recorded('mutant');
for (const name of formatNames.filter((n) => n !== 'github')) {
  t.test(`${name} of a real comparison of two kernels is the golden one`, async (t) => {
    const golden = path.join(reportsDir, formats[name].file);
    const text = await render(name, mutant, { against });
    if (update) mkdirSync(path.dirname(golden), { recursive: true });
    if (update) writeFileSync(golden, text);
    t.equal(text, readFileSync(golden, 'utf8'), 'npm run golden takes the new report as golden');
  });
}

t.test('a step summary is the Markdown, when that is short enough', async (t) => {
  t.equal(await render('github', mutant, { against }), await render('markdown', mutant, { against }));
});
