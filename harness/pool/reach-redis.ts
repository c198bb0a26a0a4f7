import type { Redis } from 'ioredis';
import { HarnessError } from '../common/errors.js';

/** So long a Redis that does not answer is waited for at first: it may be about to start. */
const patienceMs = 10_000;

const ofCertificate = /certificate|^(?:CERT|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO|ERR_TLS)/i;

/**
 * Waits for the first answer. Later outages are waited out: then it is known that address and password are right.
 * @param place for messages, without the password
 * @throws HarnessError(scenario) for a wrong password, and HarnessError(host) for a certificate that is not trusted, at
 *   once; HarnessError(host) when there is no answer in time
 */
export async function reachRedis(redis: Redis, place: string, waitMs = patienceMs): Promise<void> {
  const end = new AbortController();
  let last = 'no answer';
  const never = new Promise<never>((_, reject) => {
    const timer = setTimeout(() => reject(notThere(place, last)), waitMs);
    const onError = (error: Error) => {
      last = error.message;
      const final = finalProblem(error, place);
      if (final) reject(final);
    };
    redis.on('error', onError);
    end.signal.addEventListener('abort', () => {
      clearTimeout(timer);
      redis.off('error', onError);
    });
  });
  const answer = redis.ping().catch((error: Error) => {
    throw finalProblem(error, place) ?? notThere(place, error.message);
  });
  try {
    await Promise.race([answer, never]);
  } finally {
    end.abort();
  }
}

/** What waiting does not mend. */
function finalProblem(error: Error & { code?: string }, place: string): HarnessError | undefined {
  if (/^(?:WRONGPASS|NOAUTH|NOPERM)/.test(error.message)) return refused(place, error);
  return ofCertificate.test(error.code ?? '') ? distrusted(place, error) : undefined;
}

/** Without user, password and database. @throws HarnessError(scenario) when it is no URL of a Redis */
export function placeOf(url: string): string {
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  if (parsed && /^rediss?:$/.test(parsed.protocol)) return `${parsed.protocol}//${parsed.host}`;
  throw new HarnessError('scenario', '--redis is no URL of a Redis', {
    remedy: 'write redis://:PASSWORD@HOST:PORT, or rediss:// for TLS',
  });
}

const refused = (place: string, cause: Error) =>
  new HarnessError('scenario', `${place} refuses: ${cause.message}`, {
    remedy: 'put the right user and password into the URL: redis://USER:PASSWORD@HOST',
    cause,
  });

const distrusted = (place: string, cause: Error) =>
  new HarnessError('host', `${place} has a certificate that is not trusted: ${cause.message}`, {
    remedy:
      'tell who signed it: NODE_EXTRA_CA_CERTS=ca.crt p2plab pool …; and name the host as the certificate does',
    cause,
  });

const notThere = (place: string, why: string) =>
  new HarnessError('host', `${place} does not answer: ${why}`, {
    remedy: `look whether redis-server runs there, and whether it speaks TLS: ${place.startsWith('rediss') ? 'redis://' : 'rediss://'}`,
  });
