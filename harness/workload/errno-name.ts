import { constants } from 'node:os';

/** Linux's name of an error number, where Node's table has it or a step is known to see it. */
export function errnoName(error: number): string {
  if (error === 121) return 'EREMOTEIO'; // include/uapi/asm-generic/errno.h
  return Object.entries(constants.errno).find(([, number]) => number === error)?.[0] ?? `errno ${error}`;
}
