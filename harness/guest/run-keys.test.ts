import { spawnSync } from 'node:child_process';
import { createPrivateKey, createPublicKey } from 'node:crypto';
import { execa } from 'execa';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import ssh2 from 'ssh2';
import t from 'tap';
import { makeRunKeys } from './run-keys.js';

/** The strings of RFC 4251, section 5, that a buffer consists of. */
function sshStrings(bytes: Buffer): Buffer[] {
  if (bytes.length === 0) return [];
  const end = 4 + bytes.readUInt32BE(0);
  return [bytes.subarray(4, end), ...sshStrings(bytes.subarray(end))];
}

t.test('the host key is a type, then seed and public key in one string, as dropbear reads it', async (t) => {
  const { hostPrivate, hostPublic } = makeRunKeys();
  const [type, pair, ...more] = sshStrings(hostPrivate);
  t.equal(type?.toString(), 'ssh-ed25519');
  t.equal(pair?.length, 64);
  t.same(more, []);
  t.same(sshStrings(hostPublic), [Buffer.from('ssh-ed25519'), pair!.subarray(32)]);
});

t.test('the public part of the host key is that of its seed', async (t) => {
  const { hostPrivate, hostPublic } = makeRunKeys();
  const seed = sshStrings(hostPrivate)[1]!.subarray(0, 32);
  const pkcs8 = Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), seed]);
  const key = createPublicKey(createPrivateKey({ key: pkcs8, format: 'der', type: 'pkcs8' }));
  t.equal(key.export({ format: 'jwk' }).x, sshStrings(hostPublic)[1]!.toString('base64url'));
});

t.test('the two client keys belong together', async (t) => {
  const { clientPrivate, clientPublic } = makeRunKeys();
  const [fromPrivate, fromPublic] = [clientPrivate, clientPublic].map((text) => {
    const key = ssh2.utils.parseKey(text);
    if (key instanceof Error) throw key;
    return [key].flat()[0]!.getPublicSSH();
  });
  t.same(fromPrivate, fromPublic);
});

const hasOpenssh = spawnSync('ssh-keygen', ['-?']).error === undefined;
t.test(
  'OpenSSH reads the private client key, and finds the public one in it',
  { skip: !hasOpenssh && 'no ssh-keygen' },
  async (t) => {
    const { clientPrivate, clientPublic } = makeRunKeys();
    const file = path.join(t.testdir(), 'key');
    await writeFile(file, clientPrivate, { mode: 0o600 });
    const { stdout } = await execa('ssh-keygen', ['-y', '-P', '', '-f', file]);
    t.equal(stdout.trim(), clientPublic);
  },
);

t.test('the SSH library reads each private client key', async (t) => {
  for (let n = 0; n < 500; n++) {
    const key = ssh2.utils.parseKey(makeRunKeys().clientPrivate);
    if (key instanceof Error) throw key;
    t.ok([key].flat()[0]!.isPrivateKey());
  }
});

t.test('every run has keys of its own', async (t) => {
  const [a, b] = [makeRunKeys(), makeRunKeys()];
  t.notSame(a.hostPublic, b.hostPublic);
  t.not(a.clientPublic, b.clientPublic);
});
