import { open } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import path from 'node:path';
import { createInterface } from 'node:readline';
import pRetry from 'p-retry';
import { HarnessError } from '../common/errors.js';
import { withDeadline } from '../common/deadline.js';
import { vmFiles } from '../plan/qemu-argv.js';

export type QmpEvent = {
  event: string;
  data?: unknown;
  timestamp: { seconds: number; microseconds: number };
};
type Waiting = { command: string; resolve: (value: unknown) => void; reject: (error: Error) => void };

/** The greeting and each command's answer are due within this time: QEMU's main loop stalls only when the host does. */
const usualAnswerMs = 20_000;

/** A panic or QEMU's end is noticed within this time after the socket has closed. */
const explainMs = 1_500;

/** QEMU's machine protocol (docs/interop/qmp-spec.txt): one command at a time in flight, events collected. */
export class QmpClient implements AsyncDisposable {
  readonly events: QmpEvent[] = [];
  /** Is told of each event as it comes. */
  onEvent: ((event: QmpEvent) => void) | undefined;
  readonly #waiting: Waiting[] = [];
  #greeting!: { came: (value?: unknown) => void; failed: (error: Error) => void };
  readonly #greeted: Promise<unknown>;
  #closed: Error | undefined;
  readonly #allRead: Promise<void>;

  private constructor(
    readonly socket: Socket,
    /** Where QEMU says what is wrong with it. */
    readonly log: string,
    readonly died: Promise<never> | undefined,
    readonly answerMs: number,
  ) {
    this.#greeted = new Promise((came, failed) => (this.#greeting = { came, failed }));
    this.#greeted.catch(() => {}); // it may close before anybody waits
    const close = () => this.#close(new Error('QEMU closed its QMP socket'));
    socket.on('error', close).on('close', close);
    const lines = createInterface({ input: socket });
    lines.on('line', (line) => this.#receive(line)).on('error', close); // readline passes its input's errors on
    this.#allRead = new Promise((resolve) => void lines.once('close', resolve).once('error', resolve));
  }

  /**
   * Connects as soon as the socket is there; before anything else comes `negotiate()`.
   * @param died rejects with the reason when the machine is gone
   */
  static async connect(
    socketPath: string,
    signal: AbortSignal,
    { died, answerMs = usualAnswerMs }: { died?: Promise<never>; answerMs?: number } = {},
  ): Promise<QmpClient> {
    const socket = await pRetry(() => connectUnix(socketPath), {
      retries: Infinity, // the deadline ends it
      factor: 1,
      minTimeout: 10,
      signal,
    });
    return new QmpClient(socket, path.join(path.dirname(socketPath), vmFiles.qemuLog), died, answerMs);
  }

  /** Waits for the greeting and leaves negotiation mode. @throws HarnessError(host) as `execute()` */
  async negotiate(signal: AbortSignal): Promise<void> {
    await this.#inTime("QEMU's greeting on QMP", signal, () => this.#greeted);
    await this.execute('qmp_capabilities', {}, signal);
  }

  /** @throws HarnessError(host) when QEMU refuses, closes the socket or does not answer in time */
  async execute(command: string, args: Record<string, unknown>, signal: AbortSignal): Promise<unknown> {
    return this.#inTime(`QMP ${command}`, signal, async () => {
      if (this.#closed) throw this.#error(command, this.#closed.message);
      return new Promise((resolve, reject) => {
        this.#waiting.push({ command, resolve, reject });
        this.socket.write(JSON.stringify({ execute: command, arguments: args }) + '\n');
      });
    });
  }

  #inTime(phase: string, signal: AbortSignal, answer: () => Promise<unknown>): Promise<unknown> {
    const remedy =
      'see whether the host swaps or a disk of it hangs (dmesg): QEMU serves QMP beside all else';
    const deadline = { phase, ms: this.answerMs, blame: 'host' as const, remedy, evidence: this.log };
    return withDeadline(deadline, signal, () => answer().catch((error: unknown) => this.#orItsCause(error)));
  }

  /** Why the machine is gone explains a closed socket better, and gets some time to be noticed. */
  async #orItsCause(error: unknown): Promise<never> {
    if (!this.#closed || !this.died) throw error;
    const unexplained = new Promise<never>((_, reject) => setTimeout(reject, explainMs, error));
    return Promise.race([this.died, unexplained]);
  }

  /** A command of the human monitor, for what QMP has no command for. */
  async human(commandLine: string, signal: AbortSignal): Promise<string> {
    return String(await this.execute('human-monitor-command', { 'command-line': commandLine }, signal));
  }

  /** All events, once QEMU has ended and what it sent has been read. */
  async lastEvents(): Promise<readonly QmpEvent[]> {
    await Promise.race([this.#allRead, new Promise((late) => setTimeout(late, explainMs).unref())]);
    return this.events;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.socket.destroy();
  }

  #receive(line: string): void {
    const message = parseMessage(line);
    if (message.event !== undefined) {
      const event = message as unknown as QmpEvent;
      this.events.push(event);
      return this.onEvent?.(event);
    }
    if (message.QMP !== undefined) return this.#greeting.came();
    const waiting = this.#waiting.shift();
    if (message.error === undefined) waiting?.resolve(message.return);
    else waiting?.reject(this.#error(waiting.command, JSON.stringify(message.error)));
  }

  #close(reason: Error): void {
    this.#closed ??= reason;
    this.#greeting.failed(this.#error('greeting', reason.message));
    for (const { command, reject } of this.#waiting.splice(0)) reject(this.#error(command, reason.message));
  }

  #error(command: string, why: string): HarnessError {
    return new HarnessError('host', `QMP ${command} failed: ${why}`, {
      remedy: 'read qemu.log beside the console log',
      evidence: this.log,
    });
  }
}

function parseMessage(line: string): Record<string, unknown> {
  try {
    return JSON.parse(line) as Record<string, unknown>;
  } catch {
    return { error: { desc: `not JSON: ${line.slice(0, 200)}` } };
  }
}

/** A Unix socket's path may have 107 bytes (unix(7)), a run folder's any length: go by the folder's descriptor. */
async function connectUnix(socketPath: string): Promise<Socket> {
  const folder = await open(path.dirname(socketPath));
  try {
    return await new Promise((resolve, reject) => {
      const socket = connect(`/proc/self/fd/${folder.fd}/${path.basename(socketPath)}`);
      socket.once('connect', () => resolve(socket)).once('error', reject);
    });
  } finally {
    await folder.close();
  }
}
