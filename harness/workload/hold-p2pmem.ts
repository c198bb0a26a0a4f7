import { p2pmemDir } from './rig.js';

/**
 * Shell lines that run others while a process has memory of a provider mapped.
 * @param bytes shell text; whole pages. The memory is the first that is free, in one piece.
 */
export const whileHeld = (bdf: string, bytes: string, lines: string): string =>
  [
    'dir=$(mktemp -d); mkfifo "$dir/in" "$dir/out"',
    `p2pmem-map hold ${p2pmemDir(bdf)}/allocate ${bytes} <"$dir/in" >"$dir/out" & holder=$!`,
    'exec 4>"$dir/in" 5<"$dir/out"; rm -r "$dir"',
    'held=; read -r held <&5 || { echo "cannot hold the memory" >&2; exit 1; }',
    lines,
    'exec 4>&-; wait $holder',
  ].join('\n');
