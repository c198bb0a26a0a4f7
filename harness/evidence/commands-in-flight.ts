/** Which of a controller's commands it is, as far as the trace tells: not of which controller a completion is. */
export type CommandId = { queue: number; cid: number };

/** Commands from their start to their completion. */
export class CommandsInFlight<C extends { drive: string }> {
  readonly #commands = new Map<number, C[]>();
  #count = 0;

  /** More is beyond what drives can have in flight: the trace is not what it is taken for. */
  constructor(readonly max = 65_536) {}

  /** @returns an earlier command of this drive with the same id, whose end was not told */
  begin(id: CommandId, command: C): C | undefined {
    if (this.#count >= this.max) this.clear();
    const others = this.#commands.get(keyOf(id)) ?? [];
    const earlier = others.find(({ drive }) => drive === command.drive);
    this.#commands.set(keyOf(id), [...others.filter((other) => other !== earlier), command]);
    if (!earlier) this.#count += 1;
    return earlier;
  }

  /**
   * @param isWaiting whether there is something of a command that has not been seen to happen
   * @returns the command that has ended: of several drives' one that waits for nothing; undefined when it cannot be told
   */
  end(id: CommandId, isWaiting: (command: C) => boolean): C | undefined {
    const candidates = this.#commands.get(keyOf(id)) ?? [];
    const ended = candidates.length === 1 ? candidates[0] : candidates.find((c) => !isWaiting(c));
    if (ended === undefined) return undefined;
    const others = candidates.filter((other) => other !== ended);
    if (others.length > 0) this.#commands.set(keyOf(id), others);
    else this.#commands.delete(keyOf(id));
    this.#count -= 1;
    return ended;
  }

  clear(): void {
    this.#commands.clear();
    this.#count = 0;
  }
}

/** Both have 16 bits. */
const keyOf = ({ queue, cid }: CommandId) => queue * 65_536 + cid;
