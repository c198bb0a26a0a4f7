import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { HarnessError } from '../common/errors.js';
import { runDocumentSchema, type RunDocument } from './run-document.js';

/** run.json of a run folder. @throws HarnessError(scenario) when it is none, or of another version */
export async function readRun(dir: string): Promise<RunDocument> {
  const file = path.join(dir, 'run.json');
  return parseRun(file, await readRunFile(file));
}

/** The text of a file that every run has. @throws HarnessError(scenario) when it cannot be read */
export async function readRunFile(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (cause) {
    const remedy = 'give the folder of a run, which has run.json and results/';
    throw new HarnessError('scenario', `${file}: ${(cause as Error).message}`, { remedy, cause });
  }
}

/** @param file for the message */
export function parseRun(file: string, text: string): RunDocument {
  try {
    return runDocumentSchema.parse(JSON.parse(text));
  } catch (cause) {
    throw new HarnessError('scenario', `${file} is not a p2plab.run/1 document`, {
      remedy: 'use the version of p2plab that made it',
      evidence: file,
      cause,
    });
  }
}
