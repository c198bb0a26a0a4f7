// SPDX-License-Identifier: MIT
/*
 * p2pmem-rules-passthrough FOLDER DEVICE: NVMe commands of the application's own (NVME_IOCTL_IO_CMD) with p2pmem as their
 * buffer. A drive that can do peer-to-peer takes it as of any other request (blk_rq_map_user_iov() in block/blk-map.c,
 * 6.12). DEVICE is overwritten.
 */
#define _GNU_SOURCE

#include <linux/nvme_ioctl.h>
#include <sys/ioctl.h>

#include "p2pmem-rules.h"

#define SECTOR 512
/* NVM Command Set 1.0, figure 14: opcodes */
#define NVME_WRITE 0x01
#define NVME_READ 0x02

static int open_device(void)
{
	int fd = open(device, O_RDWR | O_DIRECT | O_CLOEXEC);
	if (fd < 0)
		die(device);
	return fd;
}

/* A positive answer is a status of the drive (NVMe Base 2.0, figure 93). */
static void say_command(int fd, uint8_t opcode, void *at, size_t bytes, uint64_t lba)
{
	int nsid = ioctl(fd, NVME_IOCTL_ID);
	struct nvme_passthru_cmd command = {
		.opcode = opcode,
		.nsid = nsid,
		.addr = (uintptr_t)at,
		.data_len = bytes,
		.cdw10 = lba,
		.cdw11 = lba >> 32,
		.cdw12 = bytes / SECTOR - 1,
	};
	int status = ioctl(fd, NVME_IOCTL_IO_CMD, &command);
	if (status > 0)
		say("status-%x", status);
	else
		say_result(status < 0);
}

static uint64_t *ram_pages(size_t pages)
{
	void *at = mmap(NULL, pages * PAGE, RW, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (at == MAP_FAILED)
		die("mmap");
	return at;
}

static void passthrough_write(void)
{
	uint64_t *at = must_map(4), *ram = ram_pages(4);
	int fd = open_device();
	fill(at, 4, 7);
	say_command(fd, NVME_WRITE, at, 4 * PAGE, 0);
	if (pread(fd, ram, 4 * PAGE, 0) != 4 * (ssize_t)PAGE)
		die(device);
	say_holds(ram, 4, 7);
}

static void passthrough_read(void)
{
	uint64_t *at = must_map(4), *ram = ram_pages(4);
	int fd = open_device();
	fill(ram, 4, 8);
	if (pwrite(fd, ram, 4 * PAGE, 4 * PAGE) != 4 * (ssize_t)PAGE)
		die(device);
	fill(at, 4, 9);
	say_command(fd, NVME_READ, at, 4 * PAGE, 4 * PAGE / SECTOR);
	say_holds(at, 4, 8);
}

static void passthrough_ram(void)
{
	say_command(open_device(), NVME_READ, ram_pages(1), PAGE, 0);
}

static const struct rule rules[] = {
	{ "write", passthrough_write },
	{ "read", passthrough_read },
	{ "read-ram", passthrough_ram },
};

int main(int argc, char **argv)
{
	return run_rules(rules, ARRAY_SIZE(rules), argc, argv);
}
