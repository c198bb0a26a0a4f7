/** What Slurm says of a task: `123_4` → COMPLETED. */
export type TaskStates = Map<string, string>;

/** Of `sacct --parsable2 --noheader --format=JobID,State`. Steps (`123_4.batch`) are left out. */
export function parseSacct(text: string): TaskStates {
  const rows = text.split('\n').map((line) => line.split('|'));
  return new Map(
    rows.flatMap(([id, state]) =>
      id && state && /^\d+(_\d+)?$/.test(id) ? [[id, state.split(' ')[0]!] as [string, string]] : [],
    ),
  );
}

/** Of `scontrol show job --oneliner`, where there is no accounting: it forgets jobs after MinJobAge. */
export function parseScontrol(text: string): TaskStates {
  const states: TaskStates = new Map();
  for (const line of text.split('\n')) {
    const field = (name: string) => new RegExp(`(?:^|\\s)${name}=(\\S+)`).exec(line)?.[1];
    const [job, array, task, state] = ['JobId', 'ArrayJobId', 'ArrayTaskId', 'JobState'].map(field);
    if (job === undefined || state === undefined) continue;
    if (array === undefined) states.set(job, state);
    else if (task !== undefined && /^\d+$/.test(task)) states.set(`${array}_${task}`, state);
    else if (task !== undefined) for (const n of range(task)) states.set(`${array}_${n}`, state);
  }
  return states;
}

/** `3-5,8` or `3-5%2`: tasks that have not begun are one line. */
function range(text: string): number[] {
  return text
    .replace(/%\d+$/, '')
    .split(',')
    .flatMap((part) => {
      const [from, to = from] = part.split('-').map(Number);
      return Array.from({ length: to! - from! + 1 }, (_, n) => from! + n);
    });
}

/** Whether it will not change any more. */
export const isOver = (state: string): boolean =>
  !['PENDING', 'RUNNING', 'SUSPENDED', 'COMPLETING', 'CONFIGURING', 'REQUEUED', 'RESIZING'].includes(state);
