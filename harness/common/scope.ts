type Step = { what: string; run: () => unknown };

/** Releases what it holds in reverse order, and runs every step even when one throws. */
export class Scope implements AsyncDisposable {
  #steps: Step[] = [];

  /** Registers an undo. Call it before the next step that can fail. */
  defer(what: string, run: () => unknown): void {
    this.#steps.push({ what, run });
  }

  /** Adopts a resource: it is disposed of with this scope. */
  use<T extends AsyncDisposable>(what: string, resource: T): T {
    this.defer(what, () => resource[Symbol.asyncDispose]());
    return resource;
  }

  /** Empties this scope into a new one: how a half-built resource becomes a finished one. */
  move(): Scope {
    const kept = new Scope();
    kept.#steps = this.#steps.splice(0);
    return kept;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const failed: Error[] = [];
    for (let step = this.#steps.pop(); step; step = this.#steps.pop()) {
      try {
        await step.run();
      } catch (cause) {
        const why = cause instanceof Error ? cause.message : String(cause);
        failed.push(new Error(`could not ${step.what}: ${why}`, { cause }));
      }
    }
    if (failed.length > 0) throw new AggregateError(failed, failed.map((e) => e.message).join('; '));
  }
}
