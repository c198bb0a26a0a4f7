import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import t from 'tap';
import { packageRoot } from '../common/paths.js';

const root = path.join(packageRoot, 'harness');

/** All files that are loaded with one, relative to harness/; what is imported when it is wanted is not among them. */
function loadedWith(file: string, loaded = new Set<string>()): Set<string> {
  if (loaded.has(file)) return loaded;
  loaded.add(file);
  const text = readFileSync(path.join(root, file), 'utf8').replaceAll(/^import type [^;]*;/gm, '');
  for (const [, from] of text.matchAll(/^(?:import|export)\b[^;]*?from '(\.[^']+)\.js'/gm)) {
    const next = path.join(path.dirname(file), from!);
    loadedWith(existsSync(path.join(root, `${next}.ts`)) ? `${next}.ts` : `${next}.tsx`, loaded);
  }
  return loaded;
}

t.test('a run loads nothing of what is written about many runs, nor what makes reports', async (t) => {
  const loaded = [...loadedWith('cli/add-run.ts')];
  t.ok(loaded.includes('verdict/judge.ts'), 'it is looked into all of them');
  const notWanted =
    /^(?:labs|benchmark|mutants|bisect|jobs|pool|slurm|series)\/|^report\/(?:formats|html\/.*)\.tsx?$/;
  t.strictSame(
    loaded.filter((file) => notWanted.test(file)),
    [],
  );
});

t.test('the schema library is imported so that a bundle takes only what is used of it', (t) => {
  const sources = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((f) => /\.tsx?$/.test(f));
  const whole = sources.filter((file) =>
    /^import \{ z\b.*from 'zod'/m.test(readFileSync(path.join(root, file), 'utf8')),
  );
  t.strictSame(whole, [], "write import * as z from 'zod': `{ z }` brings its messages in fifty languages");
  t.end();
});
