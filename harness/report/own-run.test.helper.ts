// A process of its own that runs a run folder until it is killed; with a second argument it ends in order.
import { ownRun } from './run-owner.js';

const release = await ownRun(process.argv[2]!);
console.log('owned');
if (process.argv[3]) await release();
else await new Promise(() => setInterval(() => {}, 1000));
