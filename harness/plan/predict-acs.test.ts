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
  t.strictSame([...acsRedirects({ bridges, append: [], iommu: 'intel' })!], ['rp0', 'rp1']);
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
  t.strictSame([...acsRedirects({ bridges, append, iommu: 'virtio' })!], ['rp1']);
});

t.test('a device without ACS cannot be made to redirect', async (t) => {
  t.strictSame(redirecting('pci=config_acs=11xx@0000:03:00.0'), []);
});

t.test('what is not understood is not guessed', async (t) => {
  t.equal(redirecting('pci=config_acs=11xx@pci:1b36:000c'), undefined);
});

t.test('a kernel that may leave its IOMMU alone is not guessed', async (t) => {
  const append = (words: string) => acsRedirects({ bridges, append: [words], iommu: 'intel' });
  for (const words of ['quiet intel_iommu=off', 'iommu=pt,off', 'acpi=off'])
    t.equal(append(words), undefined);
  t.ok(append('iommu=pt'), 'the identity is a way of use');
  t.strictSame(redirecting('intel_iommu=off'), [], 'there is none to leave alone');
});
