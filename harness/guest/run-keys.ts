import { generateKeyPairSync, randomBytes } from 'node:crypto';

/** The keys of one run: made at its start, in memory but for what QEMU must read, gone with it. */
export type RunKeys = {
  /** OpenSSH private key with which the harness logs in. */
  clientPrivate: string;
  /** Line for authorized_keys. */
  clientPublic: string;
  /** The guests' host key in dropbear's file format. */
  hostPrivate: Buffer;
  /** The host key as the SSH protocol shows it: the harness accepts no other. */
  hostPublic: Buffer;
};

/** Needs no SSH library, which takes as long to load as all else before QEMU starts, and can be loaded while it boots. */
export function makeRunKeys(): RunKeys {
  const client = makeKeyPair();
  const { seed, point } = makeEd25519();
  return {
    clientPrivate: client.private,
    clientPublic: client.public,
    // dropbear 2022.83, src/ed25519.c, buf_put_ed25519_priv_key: the seed, then the public key, in one string
    hostPrivate: Buffer.concat([sshString(keyType), sshString(Buffer.concat([seed, point]))]),
    hostPublic: publicBlob(point),
  };
}

/** An ed25519 pair in OpenSSH's formats: a private key without passphrase, and a line for authorized_keys. */
export function makeKeyPair(): { private: string; public: string } {
  const { seed, point } = makeEd25519();
  const blob = publicBlob(point);
  return { private: opensshPrivate(seed, point, blob), public: `${keyType} ${blob.toString('base64')}` };
}

const keyType = 'ssh-ed25519';

/** RFC 8032, section 5.1.5: 32 bytes each. */
function makeEd25519(): { seed: Buffer; point: Buffer } {
  const { d = '', x = '' } = generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' });
  return { seed: Buffer.from(d, 'base64url'), point: Buffer.from(x, 'base64url') };
}

/** RFC 8709, section 4. */
const publicBlob = (point: Buffer): Buffer => Buffer.concat([sshString(keyType), sshString(point)]);

/** PROTOCOL.key of OpenSSH 9.2, for cipher and kdf `none`: blocks of 8 bytes, padded with 1, 2, 3 and so on. */
function opensshPrivate(seed: Buffer, point: Buffer, blob: Buffer): string {
  const check = randomBytes(4);
  const secret = [check, check, blob, sshString(Buffer.concat([seed, point])), sshString('')];
  const bytes = secret.reduce((sum, { length }) => sum + length, 0);
  const padding = Buffer.from(Array.from({ length: -bytes & 7 }, (_, n) => n + 1));
  const [none, one] = [sshString('none'), Buffer.from([0, 0, 0, 1])];
  const head = [Buffer.from('openssh-key-v1\0'), none, none, sshString(''), one, sshString(blob)];
  const body = Buffer.concat([...head, sshString(Buffer.concat([...secret, padding]))]).toString('base64');
  const lines = body.match(/.{1,70}/g)!;
  return ['-----BEGIN OPENSSH PRIVATE KEY-----', ...lines, '-----END OPENSSH PRIVATE KEY-----', ''].join(
    '\n',
  );
}

/** RFC 4251, section 5: length in four bytes, then the bytes. */
function sshString(of: Buffer | string): Buffer {
  const bytes = Buffer.from(of);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length);
  return Buffer.concat([length, bytes]);
}
