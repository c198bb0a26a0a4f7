/** `nvmeof-rdma-p2p.provider=shm0`; only characters that every file system and CI upload takes. */
export function resultFolder(name: string, variant: Record<string, string>): string {
  const cell = Object.entries(variant).map(([key, value]) => `.${key}=${value}`);
  return `${name}${cell.join('')}`.replaceAll(/[^\w.=-]/g, '_');
}
