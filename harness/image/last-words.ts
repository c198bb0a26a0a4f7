/** Lines with which mmdebstrap only says that it gives up. */
const farewell = /mmdebstrap failed to run|removing tempdir|waiting for setup|setup failed: .* failed$/;

/** The line of a failed tool's output that says why, cut to fit a message. */
export function lastWords(output: string): string {
  const lines = output
    .split('\n')
    .map((l) => l.trim())
    .filter((l) => l !== '' && !farewell.test(l));
  const said = lines.findLast((l) => /^E: |\berror\b|\bfatal\b|\bfailed\b|cannot/i.test(l)) ?? lines.at(-1);
  return (said ?? 'it said nothing').replace(/^E: /, '').slice(0, 300);
}
