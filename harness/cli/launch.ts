#!/usr/bin/env node
import path from 'node:path';
import v8 from 'node:v8';
import { loadCode } from './load-code.js';

declare const bundledCode: string; // its name beside this file, put in by bundle-cli.ts

const { main } = loadCode<typeof import('./main.js')>(path.join(__dirname, bundledCode)).exports;

// The heap's young half stays as it is now and does not grow to 32 MB, most of it garbage that lasts: 30 MB less while
// four VMs run. Reading a DMA trace, the most that a run computes, takes a tenth longer: 0.06 s for 100 MB. Only here,
// for V8 takes what it made of code only when it is set as when it was made.
v8.setFlagsFromString('--semi-space-growth-factor=1');

void main(process.argv.slice(2));
