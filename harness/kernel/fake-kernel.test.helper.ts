import { execa } from 'execa';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';

/** A source that builds in a second and behaves as the kernel's does, as far as we rely on it. */
export type FakeKernel = {
  tree: string;
  definition: string;
  /** While this file exists, compiling init/main.c takes forever; `holding` then has the compiling shell's pid. */
  hold: string;
  holding: string;
  /** How many times init/main.c was compiled. */
  compiled: () => Promise<number>;
};

const noDependencies = 'const char depends[] __attribute__((section(".modinfo"))) = "depends=";';

const makefile = (dir: string) => `
VERSION = 6
all: bzImage
bzImage: $(O)/arch/x86/boot/bzImage
modules: ; @echo "  CC [M]  drivers/mod.o"; echo '${noDependencies}' | $(CC) -c -x c - -o $(O)/mod.ko
modules_install: ; @mkdir -p $(INSTALL_MOD_PATH)/lib/modules/6.12.0 && cp $(O)/mod.ko $(INSTALL_MOD_PATH)/lib/modules/6.12.0
$(O)/init/main.o: init/main.c
	@echo "  CC      init/main.o"
	@mkdir -p $(@D); if [ -e ${dir}/hold ]; then echo $$$$ > ${dir}/holding; sleep 300; fi
	@echo main >> ${dir}/compiled
	@$(CC) -c -o $@ $<
$(O)/mm/slub.o: mm/slub.c
	@echo "  CC      mm/slub.o"
	@mkdir -p $(@D) && $(CC) -c -o $@ $<
$(O)/vmlinux: $(O)/init/main.o $(O)/mm/slub.o
	@echo "  LD      vmlinux"
	@$(CC) -nostdlib -static -Wl,--build-id=sha1 -o $@ $^
	@echo map > $(O)/System.map; mkdir -p $(O)/include/config; echo 6.12.0 > $(O)/include/config/kernel.release
$(O)/arch/x86/boot/bzImage: $(O)/vmlinux
	@mkdir -p $(@D) && cp $< $@
`;

/** Like the real one it says nothing about symbols that it drops. */
const mergeConfig = `#!/bin/sh
shift; out=$2; shift 2
for symbol in $(sed -n 's/^config //p' drivers/Kconfig); do
  cat "$@" | grep "^CONFIG_$symbol=[^n]" | tail -n 1
done > "$out/.config"
`;

const files = (dir: string): Record<string, string> => ({
  Makefile: makefile(dir),
  'drivers/Kconfig': 'config PCI\n\nmenuconfig LATER\n\nconfig MOD\n',
  'arch/um/Kconfig': 'config LATER\n',
  'arch/xtensa/Kconfig': 'config LATER\n',
  'init/main.c': 'int one;\nint two;\nint three;\nvoid _start(void) {}\n',
  'mm/slub.c': 'int slub;\n',
  'scripts/kconfig/merge_config.sh': mergeConfig,
  'scripts/decode_stacktrace.sh': '#!/bin/sh\n',
  'scripts/decodecode': '#!/bin/sh\n',
  'scripts/faddr2line': '#!/bin/sh\n',
});

/** The patch that `git diff` would print for one changed line of init/main.c, from line 1 on. */
export const mainPatch = (from: string, to: string): string =>
  `A change\n\n--- a/init/main.c\n+++ b/init/main.c\n@@ -1,3 +1,3 @@ start\n int one;\n-${from}\n+${to}\n int three;\n`;

/** Writes the source, a tarball of it, and a definition with one patch and one fragment. */
export async function fakeKernel(dir: string): Promise<FakeKernel> {
  const tree = path.join(dir, 'linux-fake');
  for (const [file, text] of Object.entries(files(dir))) await write(path.join(tree, file), text);
  await execa('chmod', ['+x', path.join(tree, 'scripts/kconfig/merge_config.sh')]);
  await execa('tar', ['-cf', path.join(dir, 'linux-fake.tar'), '-C', dir, 'linux-fake']);
  await write(path.join(dir, 'series/one/0001-two.patch'), mainPatch('int two;', 'int patched;'));
  await write(path.join(dir, 'config/base.config'), 'CONFIG_PCI=y\n');
  const definition = path.join(dir, 'fake.yaml');
  await write(definition, 'source: { tarball: linux-fake.tar }\nseries: [one]\nconfig: [base]\n');
  const compiled = async () =>
    (await readFile(path.join(dir, 'compiled'), 'utf8').catch(() => '')).split('\n').length - 1;
  return { tree, definition, hold: path.join(dir, 'hold'), holding: path.join(dir, 'holding'), compiled };
}

async function write(file: string, text: string): Promise<void> {
  await mkdir(path.dirname(file), { recursive: true });
  await writeFile(file, text);
}
