// A harness of its own that boots a VM in the folder given, says so, and waits to be killed.
import { fakePlan, keys, limits } from './fake-qemu.test.support.js';
import { startVm } from './start-vm.js';

await using vm = await startVm(
  fakePlan('boots'),
  process.argv[2]!,
  keys,
  limits(),
  new AbortController().signal,
);
console.log(vm.pid);
await vm.died;
