import path from 'node:path';
import * as z from 'zod';
import { checkValue } from '../scenario/check-value.js';
import { Problems, wantText, type Path } from '../scenario/problems.js';
import { line, list, textLike } from '../scenario/schema-parts.js';
import { keyOffset, parseYaml, valueOffset, type YamlSource } from '../scenario/yaml-source.js';
import type { OverlayEntry } from './image.js';

/** One YAML file of an image, its paths made absolute; see images/base.yaml for what the keys mean. */
export type ImageFile = {
  /** The YAML file that this one builds on. */
  extends?: string;
  packages: string[];
  overlay: OverlayEntry[];
  programs: string[];
  libraries: string[];
  stubs: string[];
};

/** Asked for every path that the file names. */
export type PathKind = (path: string) => 'file' | 'folder' | undefined;

/** `files` is short for `{ from: files, to: / }`. */
const overlayEntry = z.preprocess(
  (found) => (typeof found === 'string' ? { from: found, to: '/' } : found),
  z.strictObject({
    from: line('a path'),
    to: textLike('an absolute path in the guest without ..', /^\/(?!.*(^|\/)\.\.(\/|$)).*$/),
  }),
);

const schema = z.strictObject({
  extends: line('the name of an image or the path of its YAML file').optional(),
  packages: list(textLike('a Debian package name', /^[a-z0-9][a-z0-9+.-]+$/)).optional(),
  overlay: list(overlayEntry).optional(),
  programs: list(textLike('the path of a C source file', /.\.c$/)).optional(),
  libraries: list(textLike('the path of a C source file', /.\.c$/)).optional(),
  stubs: list(
    textLike('the file name of a shared library, like libx.so.1', /^[\w.+-]+\.so(\.\d+)*$/),
  ).optional(),
});

/**
 * Reads the text of an image's YAML file.
 * @param imagesDir where images given by name are
 * @throws HarnessError(scenario) with a line `file:line:column: want …, found …` for every problem
 */
export function readImageFile(file: string, text: string, imagesDir: string, kindOf: PathKind): ImageFile {
  const problems = new Problems(file, text);
  const source = parseYaml(text);
  if (Array.isArray(source)) {
    for (const { offset, text: what } of source) problems.add(offset, what);
    throw problems.error();
  }
  const written = checkValue(schema, source.value ?? {}, [], (at, what, part) =>
    problems.add(part === 'key' ? keyOffset(source, at) : valueOffset(source, at), what),
  );
  const read = written && resolvePaths(written, file, imagesDir);
  if (read) checkPaths(read, kindOf, (at, want) => problems.add(...wrongPath(source, at, want)));
  if (!read || problems.size > 0) throw problems.error();
  return read;
}

/** The YAML file of an image given by name (`base`) or by path (`./mine.yaml`). */
export function imageFilePath(nameOrPath: string, imagesDir: string, relativeTo: string): string {
  const isPath = nameOrPath.includes('/') || /\.ya?ml$/.test(nameOrPath);
  return isPath ? path.resolve(relativeTo, nameOrPath) : path.join(imagesDir, `${nameOrPath}.yaml`);
}

function resolvePaths(written: z.infer<typeof schema>, file: string, imagesDir: string): ImageFile {
  const dir = path.dirname(path.resolve(file));
  return {
    extends: written.extends && imageFilePath(written.extends, imagesDir, dir),
    packages: written.packages ?? [],
    overlay: (written.overlay ?? []).map(({ from, to }) => ({ from: path.resolve(dir, from), to })),
    programs: (written.programs ?? []).map((program) => path.resolve(dir, program)),
    libraries: (written.libraries ?? []).map((library) => path.resolve(dir, library)),
    stubs: written.stubs ?? [],
  };
}

function checkPaths(read: ImageFile, kindOf: PathKind, wrong: (at: Path, want: string) => void): void {
  if (read.extends && kindOf(read.extends) !== 'file')
    wrong(['extends'], `an image (${read.extends} is none)`);
  read.overlay.forEach(({ from, to }, i) => {
    const kind = kindOf(from);
    if (!kind) wrong(['overlay', i], `a file or folder (there is no ${from})`);
    else if (kind === 'file' && to.endsWith('/'))
      wrong(['overlay', i], 'a folder, or { from, to } for a file');
  });
  for (const key of ['programs', 'libraries'] as const)
    read[key].forEach((source, i) => {
      if (kindOf(source) !== 'file') wrong([key, i], `a C source file (there is no ${source})`);
    });
}

function wrongPath(source: YamlSource, at: Path, want: string): [number, string] {
  let found: unknown = source.value;
  for (const step of at) found = (found as Record<string | number, unknown> | undefined)?.[step];
  return [valueOffset(source, at), wantText(at, want, found)];
}
