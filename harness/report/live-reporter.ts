import { formatDuration } from '../common/size.js';
import { inertLine } from './inert-text.js';
import type { Reporter, RunEvent } from './reporter.js';

type LogUpdate = typeof import('log-update');

/**
 * What goes on right now, redrawn at the bottom of a terminal. It must stand before the console reporter in the list,
 * so that its lines are cleared before a lasting line is written.
 */
export function liveReporter(out: NodeJS.WriteStream): Reporter & { stop(): void } {
  const active = new Map<string, { text: string; since: number }>();
  /** Loaded with the first redrawing, 20 ms for which no machine has to wait. */
  let draw: ReturnType<LogUpdate['createLogUpdate']> | undefined;
  const load = async () => {
    const { createLogUpdate } = await import('log-update');
    draw = createLogUpdate(out);
  };
  let loading: Promise<void> | undefined;
  const redraw = () => {
    const now = Date.now();
    if (!draw) return void (loading ??= load());
    draw(
      [...active]
        .map(([key, { text, since }]) => `  ${inertLine(`${key}: ${text}`)} ${formatDuration(now - since)}`)
        .join('\n'),
    );
  };
  const timer = setInterval(() => active.size > 0 && redraw(), 200);
  timer.unref();
  const set = (key: string, text: string, since = Date.now()) => active.set(key, { text, since });
  const stop = () => {
    clearInterval(timer);
    active.clear();
    draw?.clear();
  };
  return {
    name: 'live',
    stop,
    on(event: RunEvent) {
      draw?.clear();
      if (event.type === 'preparing') set(event.subject, counted(event), active.get(event.subject)?.since);
      if (event.type === 'prepared') active.delete(event.subject);
      if (event.type === 'phase') set(event.title, event.phase);
      if (event.type === 'finished') active.delete(event.title);
      if (event.type === 'ended') stop();
    },
  };
}

function counted({ what, done, total }: Extract<RunEvent, { type: 'preparing' }>): string {
  if (done === undefined) return what;
  return total === undefined
    ? `${what} ${done}`
    : `${what} ${done}/${total} (${Math.floor((done / total) * 100)} %)`;
}
