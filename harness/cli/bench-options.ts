import { InvalidArgumentError } from 'commander';
import type { Measurement } from '../cost/measurement.js';

export const allKinds = ['exact', 'count', 'wall'] as const;

/** Names with commas between them, in the order of the reports. */
export function readKinds(value: string): Measurement['kind'][] {
  const names = value.split(',').map((name) => name.trim());
  const known = allKinds.filter((kind) => names.includes(kind));
  if (known.length === new Set(names).size) return known;
  throw new InvalidArgumentError(`want one or more of ${allKinds.join(', ')}.`);
}

/** `1%` as 0.01. */
export function readPercent(value: string): number {
  const [, digits] = /^(\d+(?:\.\d+)?)\s*%?$/.exec(value) ?? [];
  const percent = Number(digits);
  if (percent > 0 && percent <= 100) return percent / 100;
  throw new InvalidArgumentError('want a percentage, such as 1% or 0.5%.');
}

const secondsOf = { s: 1, m: 60, h: 3600 };

/** `10m` as seconds. */
export function readTime(value: string): number {
  const [, digits, unit] = /^(\d{1,5})(s|m|h)$/.exec(value) ?? [];
  const seconds = Number(digits) * secondsOf[(unit ?? 's') as keyof typeof secondsOf];
  if (seconds > 0) return seconds;
  throw new InvalidArgumentError('want a time, such as 90s, 10m or 1h.');
}

export function readSeed(value: string): number {
  if (/^\d{1,9}$/.test(value)) return Number(value);
  throw new InvalidArgumentError('want a whole number.');
}
