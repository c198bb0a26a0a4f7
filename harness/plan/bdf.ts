/** A PCI function's address in domain 0. */
export type Bdf = { bus: number; slot: number; fn: number };

const hex = (n: number, digits: number) => n.toString(16).padStart(digits, '0');

/** `0000:03:00.0`, as in sysfs. */
export const formatBdf = ({ bus, slot, fn }: Bdf): string => `0000:${hex(bus, 2)}:${hex(slot, 2)}.${fn}`;
