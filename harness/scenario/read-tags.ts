const tagsLine = /^tags:[ \t]+\[([^\]\n]*)\][ \t]*(?:#.*)?$/gm;
const plainTag = /^(?!(?:true|false|null)$)[a-z][a-z0-9-]*$/;
/** In a block map nothing but a key of it can stand in column 0. */
const beginsBlockMap = /^(?:[ \t]*(?:#.*)?\r?\n)*[a-z]+:[ \t\r\n]/;

/**
 * The tags of a scenario file without parsing it, which for the whole library takes a second and 50 MB, where only a
 * few are wanted. Whether the file is right, also in its tags, is for `readScenario`.
 * @returns undefined when they are not written as `tags: [one, two]` on a line of their own
 */
export function readTags(text: string): string[] | undefined {
  if (!beginsBlockMap.test(text)) return undefined;
  const [list, ...others] = [...text.matchAll(tagsLine)].map(([, inside]) => inside!);
  if (list === undefined || others.length > 0) return undefined;
  const tags = list.split(',').map((tag) => tag.trim());
  return tags.every((tag) => plainTag.test(tag)) ? tags : undefined;
}
