import { HarnessError } from '../common/errors.js';

/** As the AWS tools read them; other S3-compatible storage is named by AWS_ENDPOINT_URL. */
type S3Environment = Partial<
  Record<
    'AWS_ACCESS_KEY_ID' | 'AWS_SECRET_ACCESS_KEY' | 'AWS_SESSION_TOKEN' | 'AWS_REGION' | 'AWS_ENDPOINT_URL',
    string
  >
>;

/** What fetch() is for a place that wants signatures, and the place's URL. */
export type SignedPlace = { base: string; request: typeof fetch };

/**
 * A bucket as an HTTP server that takes GET, HEAD and PUT with AWS Signature Version 4, in path style, which all have.
 * @param place s3://BUCKET/PREFIX
 * @throws HarnessError(scenario) without keys
 */
export function s3Place(place: string, env: S3Environment): SignedPlace {
  const { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey } = env;
  if (!accessKeyId || !secretAccessKey)
    throw new HarnessError('scenario', `${place} wants keys, and there are none`, {
      remedy: 'set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, and AWS_ENDPOINT_URL where it is not Amazon',
    });
  const region = env.AWS_REGION || 'us-east-1';
  const endpoint = (env.AWS_ENDPOINT_URL || `https://s3.${region}.amazonaws.com`).replace(/\/+$/, '');
  const keys = { accessKeyId, secretAccessKey, sessionToken: env.AWS_SESSION_TOKEN, service: 's3', region };
  const client = aws4fetch().then(({ AwsClient }) => new AwsClient({ ...keys, retries: 0 }));
  client.catch(() => {}); // told where it is used
  return {
    base: `${endpoint}/${place.slice('s3://'.length)}`,
    request: async (url, init) => (await client).fetch(url as URL, init),
  };
}

async function aws4fetch() {
  try {
    return await import('aws4fetch');
  } catch (cause) {
    throw new HarnessError('host', 'S3 needs the package aws4fetch, which is not installed', {
      remedy: 'npm install aws4fetch',
      cause,
    });
  }
}
