/**
 * How a stage tells what it is doing, without knowing who listens.
 * @param what a phrase for a person: "compiling", "waiting for the kernel that process 4711 builds"
 * @param done and total count the same things (objects, commands); both are left out when there is nothing to count
 */
export type Progress = (what: string, done?: number, total?: number) => void;

export const noProgress: Progress = () => {};
