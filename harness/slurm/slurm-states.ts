/** What Slurm says of a job or of a task of an array: `123`, `123_4` → COMPLETED. `123_*`: of all its other tasks. */
export type TaskStates = Map<string, string>;

/** The state of an array's task. */
export const stateOf = (states: TaskStates, array: string, task: number): string | undefined =>
  states.get(`${array}_${task}`) ?? states.get(`${array}_*`);

/**
 * Of `sacct --parsable2 --noheader --format=JobID,State`. Tasks that have not begun are one line, `123_[2-4%1]`. Steps
 * (`123_4.batch`) are left out.
 */
export function parseSacct(text: string): TaskStates {
  const states: TaskStates = new Map();
  for (const line of text.split('\n')) {
    const [id = '', said = ''] = line.split('|');
    const [, job, one, several] = /^(\d+)(?:_(\d+)|_\[([^\]]+)\])?$/.exec(id) ?? [];
    const state = said.split(' ')[0]!;
    if (job === undefined || state === '') continue;
    const tasks = one !== undefined ? [+one] : several === undefined ? [] : range(several);
    if (tasks.length === 0) states.set(job, state);
    for (const task of tasks) states.set(`${job}_${task}`, state);
  }
  return states;
}

/** Of `scontrol show job --oneliner`, where there is no accounting: it forgets jobs after MinJobAge. */
export function parseScontrol(text: string): TaskStates {
  const states: TaskStates = new Map();
  for (const line of text.split('\n')) {
    const field = (name: string) => new RegExp(`(?:^|\\s)${name}=(\\S+)`).exec(line)?.[1];
    const [job, array, task, state] = ['JobId', 'ArrayJobId', 'ArrayTaskId', 'JobState'].map(field);
    if (job === undefined || state === undefined) continue;
    if (array === undefined) states.set(job, state);
    else if (task === noTask) states.set(`${array}_*`, state);
    else if (task !== undefined) for (const n of range(task)) states.set(`${array}_${n}`, state);
  }
  return states;
}

/** NO_VAL of slurm.h: an array that ended before any of its tasks was told from the others. */
const noTask = '4294967294';

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
