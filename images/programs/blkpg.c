/*
 * blkpg: partitions of a block device without a partition table, for p2plab scenarios.
 *
 *   blkpg add|resize DISK NUMBER START LENGTH     bytes; also while the partition is in use
 *   blkpg del DISK NUMBER
 *
 * Built with: gcc -static -Wall -Wextra -Werror
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/blkpg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>

static _Noreturn void usage(void)
{
	fprintf(stderr, "usage: blkpg add|resize DISK NUMBER START LENGTH, or blkpg del DISK NUMBER\n");
	exit(2);
}

static long long number(const char *text)
{
	char *end;
	long long value = strtoll(text, &end, 10);
	if (end == text || *end || value < 0)
		usage();
	return value;
}

int main(int argc, char **argv)
{
	if (argc < 4)
		usage();
	int op = strcmp(argv[1], "add") == 0 ? BLKPG_ADD_PARTITION :
		strcmp(argv[1], "resize") == 0 ? BLKPG_RESIZE_PARTITION :
		strcmp(argv[1], "del") == 0 ? BLKPG_DEL_PARTITION : 0;
	if (!op || argc != (op == BLKPG_DEL_PARTITION ? 4 : 6))
		usage();
	struct blkpg_partition part = { .pno = (int)number(argv[3]) };
	if (argc == 6) {
		part.start = number(argv[4]);
		part.length = number(argv[5]);
	}
	struct blkpg_ioctl_arg arg = { .op = op, .datalen = sizeof(part), .data = &part };
	int disk = open(argv[2], O_RDONLY | O_CLOEXEC);
	if (disk < 0 || ioctl(disk, BLKPG, &arg) < 0) {
		fprintf(stderr, "blkpg: %s %s %d: %s\n", argv[1], argv[2], part.pno, strerror(errno));
		return 1;
	}
	return 0;
}
