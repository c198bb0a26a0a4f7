/** Whose problem it is. Outcome and exit code follow from this, never from message text. */
export type Blame = 'kernel' | 'scenario' | 'host' | 'harness';

export type ErrorDetails = {
  /** Imperative, one line: what the reader does next. */
  remedy: string;
  /** Path of the file that shows it (log, trace), when there is one. */
  evidence?: string;
  cause?: unknown;
};

/**
 * The only error a user ever sees: what happened (with the values), where the evidence is, what to do next.
 * The message is one line, or one line per problem; long output belongs into the file named by `evidence`.
 */
export class HarnessError extends Error {
  override readonly name = 'HarnessError';
  readonly remedy: string;
  readonly evidence: string | undefined;

  constructor(
    readonly blame: Blame,
    message: string,
    { remedy, evidence, cause }: ErrorDetails,
  ) {
    super(message, cause === undefined ? undefined : { cause });
    this.remedy = remedy;
    this.evidence = evidence;
  }
}

/** A patch that cannot be put onto its base. */
export class DoesNotApply extends HarnessError {}

/** A kernel that make gave up, or whose configuration did not come out as asked for. */
export class DoesNotBuild extends HarnessError {}

/** The disk that a run writes to is full. Whatever else is seen then follows from it. */
export class DiskFull extends HarnessError {}

/** The run was asked to stop (Ctrl-C, SIGTERM): nobody's fault, exit 130. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted';
  constructor() {
    super('interrupted');
  }
}

/** What the system refuses for want of something that the user can give. */
const hostRemedies: Partial<Record<string, string>> = {
  ENOSPC: 'free space on that disk, or name another with --out or XDG_CACHE_HOME',
  EDQUOT: 'free space within your quota, or name another folder with --out or XDG_CACHE_HOME',
  EROFS: 'name a folder that can be written, with --out or XDG_CACHE_HOME',
  EMFILE: 'raise the limit on open files: ulimit -n 4096',
};

/**
 * Any thrown value as a HarnessError. What is not one already is a defect of the harness, and says so.
 */
export function asHarnessError(thrown: unknown): HarnessError {
  if (thrown instanceof HarnessError) return thrown;
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  const { code = '', syscall } = (thrown ?? {}) as NodeJS.ErrnoException;
  // what mkdir() of Node 20 says, with `recursive`, where the file system is read-only
  const remedy = hostRemedies[code === 'ENOENT' && syscall === 'mkdir' ? 'EROFS' : code];
  if (remedy !== undefined) return new HarnessError('host', message, { remedy, cause: thrown });
  return new HarnessError('harness', `unexpected: ${message}`, {
    remedy: 'report this as a bug of p2plab, with the run folder (P2PLAB_DEBUG=1 prints the stack)',
    cause: thrown,
  });
}

/** The text of an error for a terminal or a log: message, evidence, remedy; never a stack. */
export function describeError({ message, evidence, remedy }: HarnessError): string {
  return [message, evidence && `  evidence: ${evidence}`, `  next: ${remedy}`].filter(Boolean).join('\n');
}
