import { execa, type ResultPromise } from 'execa';
import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const works = (program: string, option: string): Promise<boolean> =>
  execa(program, [option], { reject: false }).then(({ failed }) => !failed);

/** Why no Slurm can be started here; undefined when one can. */
export async function noSlurm(): Promise<string | undefined> {
  if (process.getuid?.() !== 0) return 'slurmd wants to be root';
  const there = await Promise.all([works('slurmctld', '-V'), works('slurmd', '-V'), works('munged', '-V')]);
  return there.every(Boolean) ? undefined : 'apt-get install slurm-wlm munge';
}

const freePorts = async (count: number): Promise<number[]> => {
  const servers = Array.from({ length: count }, () => net.createServer().listen(0, '127.0.0.1'));
  await Promise.all(servers.map((server) => new Promise((done) => server.once('listening', done))));
  const ports = servers.map((server) => (server.address() as net.AddressInfo).port);
  await Promise.all(servers.map((server) => new Promise((done) => server.close(done))));
  return ports;
};

/** A cluster of this machine alone, on loopback, with folder, ports and key of its own. `env` makes Slurm's commands ask it. */
export async function startSlurm() {
  const dir = mkdtempSync(path.join(os.tmpdir(), 'p2plab-slurm-')); // short: paths of sockets have 107 characters
  const at = (name: string) => path.join(dir, name);
  const [controllerPort, nodePort] = await freePorts(2);
  const host = os.hostname().split('.')[0]!;
  for (const name of ['state', 'spool']) mkdirSync(at(name));
  writeFileSync(at('munge.key'), randomBytes(1024), { mode: 0o400 });
  const memoryMiB = Math.floor((os.totalmem() / 2 ** 20) * 0.9);
  const lines = {
    ...{ ClusterName: 'p2plab', SlurmctldHost: `${host}(127.0.0.1)`, SlurmUser: 'root', SlurmdUser: 'root' },
    ...{ SlurmctldPort: controllerPort, SlurmdPort: nodePort },
    ...{ AuthType: 'auth/munge', CredType: 'cred/munge', AuthInfo: `socket=${at('munge.sock')}` },
    ...{ StateSaveLocation: at('state'), SlurmdSpoolDir: at('spool') },
    ...{ SlurmctldPidFile: at('slurmctld.pid'), SlurmdPidFile: at('slurmd.pid') },
    ...{ SlurmctldLogFile: at('slurmctld.log'), SlurmdLogFile: at('slurmd.log') },
    ...{ ProctrackType: 'proctrack/linuxproc', TaskPlugin: 'task/none', MpiDefault: 'none' },
    ...{ SelectType: 'select/cons_tres', SelectTypeParameters: 'CR_Core_Memory', ReturnToService: 2 },
    ...{ JobAcctGatherType: 'jobacct_gather/none', AccountingStorageType: 'accounting_storage/none' },
    NodeName: `${host} NodeAddr=127.0.0.1 CPUs=${os.availableParallelism()} RealMemory=${memoryMiB} State=UNKNOWN`,
    PartitionName: 'all Nodes=ALL Default=YES MaxTime=INFINITE State=UP',
  };
  const text = Object.entries(lines).map(([name, value]) => `${name}=${value}\n`);
  writeFileSync(at('slurm.conf'), text.join(''));
  const env = { SLURM_CONF: at('slurm.conf') };
  const daemons: ResultPromise[] = [];
  const start = (program: string, ...args: string[]) => {
    daemons.push(execa(program, args, { env, reject: false, stdin: 'ignore', all: true }));
  };
  const munge = ['--key-file', at('munge.key'), '--socket', at('munge.sock'), '--pid-file', at('munged.pid')];
  start(
    'munged',
    '--foreground',
    '--force',
    ...munge,
    '--seed-file',
    at('seed'),
    '--log-file',
    at('munged.log'),
  );
  start('slurmctld', '-D', '-i');
  start('slurmd', '-D');
  const isIdle = async () => {
    const { stdout } = await execa('sinfo', ['--noheader', '--format=%T'], { env, reject: false });
    return stdout === 'idle';
  };
  for (let tries = 0; tries < 60 && !(await isIdle()); tries++) await sleep(500);
  return {
    env,
    async [Symbol.asyncDispose]() {
      await execa('scancel', ['--full', '--partition=all'], { env, reject: false });
      for (const daemon of daemons.reverse()) {
        daemon.kill('SIGTERM', undefined);
        await daemon;
      }
      rmSync(dir, { recursive: true, force: true });
    },
  };
}
