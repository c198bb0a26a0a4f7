import t from 'tap';
import { placeDevices } from './place-devices.js';
import { acsRedirects } from './predict-acs.js';
import { ivshmem, machine, nvme } from './sample.test.support.js';

const { bridges } = placeDevices(
  machine(nvme('nvme0'), { type: 'switch', ports: [nvme('nvme1'), ivshmem('shm0')] }),
);
const redirecting = (...append: string[]) => {
  const found = acsRedirects({ bridges, append });
  return found && [...found];
};

t.test('without an IOMMU nothing redirects', async (t) => {
  t.strictSame(redirecting('nvme_core.multipath=N'), []);
});

t.test('with an IOMMU root ports redirect, and the ports of a switch do not', async (t) => {
  t.strictSame([...acsRedirects({ bridges, append: [], iommu: true })!], ['rp0', 'rp1']);
});

t.test('config_acs sets redirection by hand', async (t) => {
  t.strictSame(redirecting('quiet pci=noaer,config_acs=xx011xx@0000:00:04.0'), ['rp0']);
  t.strictSame(redirecting('pci=config_acs=0001100@00:04.0;1100@00:05.0'), ['rp0', 'rp1']);
});

t.test('config_acs that leaves the redirection bits alone changes nothing', async (t) => {
  t.strictSame(redirecting('pci=config_acs=xxxxxx1@0000:00:04.0'), []);
});

t.test('disable_acs_redir takes it away again', async (t) => {
  const append = ['pci=disable_acs_redir=0000:00:04.0'];
  t.strictSame([...acsRedirects({ bridges, append, iommu: true })!], ['rp1']);
});

t.test('a device without ACS cannot be made to redirect', async (t) => {
  t.strictSame(redirecting('pci=config_acs=11xx@0000:03:00.0'), []);
});

t.test('what is not understood is not guessed', async (t) => {
  t.equal(redirecting('pci=config_acs=11xx@pci:1b36:000c'), undefined);
});
