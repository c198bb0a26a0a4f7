const leaves = /\bnvme (nvme\d+): Removing ctrl: /; // drivers/nvme/host/core.c, nvme_do_delete_ctrl()
const comes = /\bnvme (nvme\d+): new ctrl: /;
const keepAliveEnded = /\bnvme (nvme\d+): failed nvme_keep_alive_end_io error=/;

/**
 * Controllers that are being removed, as the log tells. A keep-alive that was on its way then ends with an error, and the
 * kernel says so: nvme_keep_alive_end_io() of drivers/nvme/host/core.c (6.12) knows no other end. On a slow guest it is often
 * on its way.
 */
export class LeavingControllers {
  readonly #leaving = new Set<string>();

  /** Takes the next line. @returns whether it is such an end, and no trouble */
  takes(text: string): boolean {
    const [, gone] = leaves.exec(text) ?? [];
    if (gone !== undefined) this.#leaving.add(gone);
    const [, there] = comes.exec(text) ?? [];
    if (there !== undefined) this.#leaving.delete(there);
    const [, ended] = keepAliveEnded.exec(text) ?? [];
    return ended !== undefined && this.#leaving.has(ended);
  }
}
