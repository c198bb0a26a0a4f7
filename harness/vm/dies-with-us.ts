/**
 * A command line that does not outlive this process, even one that is killed: the kernel sends it SIGKILL then (prctl(2),
 * PR_SET_PDEATHSIG). A parent that died before that was asked for sends nothing any more, so the command is started
 * only while its parent is still the one it was meant for.
 */
export const diesWithUs = (argv: readonly string[], parent = process.pid): string[] => [
  ...['setpriv', '--pdeathsig', 'KILL'],
  ...['sh', '-c', '[ "$PPID" = "$1" ] && shift && exec "$@"', 'sh', `${parent}`],
  ...argv,
];
