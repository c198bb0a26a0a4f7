import { generateKeyPairSync } from 'node:crypto';
import ssh2 from 'ssh2';

/** The keys of one run: made at its start, in memory but for what QEMU must read, gone with it. */
export type RunKeys = {
  /** OpenSSH private key with which the harness logs in. */
  clientPrivate: string;
  /** Line for authorized_keys. */
  clientPublic: string;
  /** The guests' host key in dropbear's file format. */
  hostPrivate: Buffer;
  /** The host key as the SSH protocol shows it (RFC 8709, section 4): the harness accepts no other. */
  hostPublic: Buffer;
};

export function makeRunKeys(): RunKeys {
  const client = makeKeyPair();
  const jwk = generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' });
  const [seed, point] = [jwk.d, jwk.x].map((part) => Buffer.from(part ?? '', 'base64url')) as [
    Buffer,
    Buffer,
  ];
  const type = sshString(Buffer.from('ssh-ed25519'));
  return {
    clientPrivate: client.private,
    clientPublic: client.public,
    // dropbear 2022.83, src/ed25519.c, buf_put_ed25519_priv_key: the seed, then the public key, in one string
    hostPrivate: Buffer.concat([type, sshString(Buffer.concat([seed, point]))]),
    hostPublic: Buffer.concat([type, sshString(point)]),
  };
}

/**
 * An ed25519 pair in OpenSSH's formats. ssh2 1.17 makes a private key that it cannot read itself about once in 400
 * times (7 of 3,000 counted), which would look like a guest that does not answer.
 */
export function makeKeyPair(): { private: string; public: string } {
  const pair = ssh2.utils.generateKeyPairSync('ed25519');
  return ssh2.utils.parseKey(pair.private) instanceof Error ? makeKeyPair() : pair;
}

/** RFC 4251, section 5: length in four bytes, then the bytes. */
function sshString(bytes: Buffer): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length);
  return Buffer.concat([length, bytes]);
}
