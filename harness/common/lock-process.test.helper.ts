// A process of its own that takes a lock, says so, and keeps it until it is killed.
import { acquireLock } from './file-lock.js';

await using _lock = await acquireLock(process.argv[2]!, new AbortController().signal);
console.log('held');
await new Promise(() => setInterval(() => {}, 1000));
