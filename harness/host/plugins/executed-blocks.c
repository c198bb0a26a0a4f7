// SPDX-License-Identifier: MIT
/*
 * executed-blocks: a QEMU TCG plugin that counts how often each block of the guest's kernel is entered.
 *
 *   -plugin executed-blocks.so,out=FILE
 *
 * FILE is mapped: it is right at any moment, read while the guest runs or after QEMU was killed. It is a header, then
 * `used` blocks (little endian, like the host):
 *   header   "p2plabEB", u32 format 1, u32 bytes of the header, u64 capacity, u64 used, u64 dropped
 *   block    u64 address, u64 runs, u32 bytes, u32 instructions
 * A block is what QEMU translates in one piece: instructions that run one after the other, until one branches. The same
 * instructions may be part of several blocks, and a block that a page fault leaves is counted whole. `dropped` is how
 * often a block found no place.
 *
 * Only addresses of the top 2 GiB are counted, where x86-64 has the kernel's text and modules
 * (Documentation/arch/x86/x86_64/mm.rst): what runs before the kernel is mapped there is not seen. Counts are
 * exact with any number of virtual processors: QEMU's inline counters lose some, and were no quicker.
 */
#include "qemu-plugin-api.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define KERNEL_TEXT 0xffffffff80000000ull
#define HEADER_BYTES 4096
#define CAPACITY (1u << 20)
#define SLOTS (2u * CAPACITY)
#define EXPORT __attribute__((visibility("default")))

struct header {
	char magic[8];
	uint32_t format, header_bytes;
	uint64_t capacity, used, dropped;
};

struct block {
	uint64_t address, runs;
	uint32_t bytes, instructions;
};

EXPORT int qemu_plugin_version = 1;

static struct header *header;
static struct block *blocks;
/* Open addressing: 1 + the index of a block, 0 for none. */
static uint32_t *slots;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

/* QEMU reads the version after it has loaded the plugin and before it calls it. */
__attribute__((constructor)) static void choose_version(void)
{
	if (!qemu_plugin_register_vcpu_tb_exec_inline)
		qemu_plugin_version = 2;
}

static uint32_t slot_of(uint64_t address)
{
	return (uint32_t)((address * 0x9e3779b97f4a7c15ull) >> 43) % SLOTS;
}

/* The block's entry, or a new one: a block is translated again whenever QEMU has thrown its code away. */
static struct block *find(uint64_t address, uint32_t bytes, uint32_t instructions)
{
	uint32_t slot = slot_of(address);
	uint64_t used = header->used;
	struct block *block;

	for (; slots[slot]; slot = (slot + 1) % SLOTS) {
		block = &blocks[slots[slot] - 1];
		if (block->address == address && block->bytes == bytes)
			return block;
	}
	if (used == CAPACITY) {
		header->dropped++;
		return NULL;
	}
	block = &blocks[used];
	block->address = address;
	block->bytes = bytes;
	block->instructions = instructions;
	slots[slot] = (uint32_t)used + 1;
	__atomic_store_n(&header->used, used + 1, __ATOMIC_RELEASE);
	return block;
}

static void count(unsigned int vcpu, void *runs)
{
	(void)vcpu;
	__atomic_fetch_add((uint64_t *)runs, 1, __ATOMIC_RELAXED);
}

static void translated(qemu_plugin_id_t id, struct qemu_plugin_tb *tb)
{
	const uint64_t address = qemu_plugin_tb_vaddr(tb);
	const size_t instructions = qemu_plugin_tb_n_insns(tb);
	const struct qemu_plugin_insn *last;
	struct block *block;
	uint64_t end;

	(void)id;
	if (address < KERNEL_TEXT || !instructions)
		return;
	last = qemu_plugin_tb_get_insn(tb, instructions - 1);
	end = qemu_plugin_insn_vaddr(last) + qemu_plugin_insn_size(last);
	pthread_mutex_lock(&lock);
	block = find(address, (uint32_t)(end - address), (uint32_t)instructions);
	pthread_mutex_unlock(&lock);
	if (!block)
		return;
	qemu_plugin_register_vcpu_tb_exec_cb(tb, count, QEMU_PLUGIN_CB_NO_REGS, &block->runs);
}

static int map_output(const char *file)
{
	const size_t bytes = HEADER_BYTES + (size_t)CAPACITY * sizeof(struct block);
	int fd = open(file, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	void *mapped;

	if (fd < 0)
		return -1;
	if (ftruncate(fd, (off_t)bytes)) {
		close(fd);
		return -1;
	}
	mapped = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	close(fd);
	slots = calloc(SLOTS, sizeof(*slots));
	if (mapped == MAP_FAILED || !slots)
		return -1;
	header = mapped;
	blocks = (struct block *)((char *)mapped + HEADER_BYTES);
	header->format = 1;
	header->header_bytes = HEADER_BYTES;
	header->capacity = CAPACITY;
	memcpy(header->magic, "p2plabEB", sizeof(header->magic));
	return 0;
}

EXPORT int qemu_plugin_install(qemu_plugin_id_t id, const struct qemu_info *info, int argc, char **argv)
{
	(void)info;
	if (argc != 1 || strncmp(argv[0], "out=", 4)) {
		fprintf(stderr, "executed-blocks: want out=FILE\n");
		return -1;
	}
	if (map_output(argv[0] + 4)) {
		fprintf(stderr, "executed-blocks: cannot map %s: %s\n", argv[0] + 4, strerror(errno));
		return -1;
	}
	qemu_plugin_register_vcpu_tb_trans_cb(id, translated);
	return 0;
}
