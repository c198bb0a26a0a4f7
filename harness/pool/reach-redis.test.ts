import { Redis } from 'ioredis';
import t from 'tap';
import { reachRedis } from './reach-redis.js';

t.test('a Redis that is not there', async (t) => {
  const redis = new Redis('redis://127.0.0.1:1', { maxRetriesPerRequest: null, retryStrategy: () => 20 });
  t.teardown(() => redis.disconnect());
  redis.on('error', () => {});
  await t.rejects(reachRedis(redis, 'redis://127.0.0.1:1', 100), {
    blame: 'host',
    message: 'redis://127.0.0.1:1 does not answer: connect ECONNREFUSED 127.0.0.1:1',
    remedy: 'look whether redis-server runs there, and whether it speaks TLS: rediss://',
  });
});
