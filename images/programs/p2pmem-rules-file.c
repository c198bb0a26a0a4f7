// SPDX-License-Identifier: MIT
/*
 * p2pmem-rules-file FOLDER: the files of a provider (Documentation/ABI/testing/sysfs-bus-pci, 6.12).
 */
#define _GNU_SOURCE
#include <grp.h>
#include <sys/stat.h>

#include "p2pmem-rules.h"

static void say_stat(const char *name)
{
	char path[4096];
	struct stat stat;
	snprintf(path, sizeof(path), "%s/%s", folder, name);
	if (lstat(path, &stat))
		say("%s", strerrorname_np(errno));
	else
		say("%o %u:%u", stat.st_mode & 07777, stat.st_uid, stat.st_gid);
}

static void file_allocate_mode(void) { say_stat("allocate"); }
static void file_size_mode(void) { say_stat("size"); }
static void file_available_mode(void) { say_stat("available"); }
static void file_published_mode(void) { say_stat("published"); }

static void file_allocate_length(void)
{
	struct stat stat;
	if (fstat(open_allocate(O_RDONLY), &stat))
		die("fstat");
	say("%lld", (long long)stat.st_size);
}

/* In decimal and a line of its own, in one piece or byte by byte */
static void say_text(const char *name)
{
	char whole[64] = "", bytes[64] = "";
	int fd = open_file(name, O_RDONLY);
	ssize_t length = pread(fd, whole, sizeof(whole) - 1, 0);
	for (ssize_t i = 0; i < length && read(fd, bytes + i, 1) == 1; i++)
		;
	size_t digits = strspn(whole, "0123456789");
	int plain = digits > 0 && (whole[0] != '0' || digits == 1) && strcmp(whole + digits, "\n") == 0;
	say("%s %s", plain ? "decimal" : "other", strcmp(whole, bytes) == 0 ? "same" : "differs");
}

static void file_size_text(void) { say_text("size"); }
static void file_available_text(void) { say_text("available"); }
static void file_published_text(void) { say_text("published"); }

static void file_read_allocate(void)
{
	char byte;
	int fd = open_allocate(O_RDONLY);
	say_read(read(fd, &byte, 1));
	say_read(pread(fd, &byte, 1, 1024 * GIB));
}

static void file_write_allocate(void)
{
	int fd = open_allocate(O_RDWR);
	say_read(write(fd, "1", 1));
	say_read(pwrite(fd, "1", 1, 1024 * GIB));
}

static void say_open(const char *name, int flags)
{
	int fd = open_file(name, flags);
	say_result(fd < 0);
	close(fd);
}

static void file_write_size(void) { say_open("size", O_WRONLY); }
static void file_write_available(void) { say_open("available", O_RDWR); }
static void file_write_published(void) { say_open("published", O_WRONLY | O_TRUNC); }

static void become(uid_t uid, gid_t gid)
{
	if (!setgroups(0, NULL) && !setgid(gid) && !setuid(uid))
		return;
	say("%s", strerrorname_np(errno));
	_exit(0);
}

static void file_of_another_user(void)
{
	become(65534, 65534);
	say_open("allocate", O_RDONLY);
	say_open("allocate", O_RDWR);
	say_open("available", O_RDONLY);
}

/* The mode alone decides: no capability is asked for. */
static void file_of_group(void)
{
	become(65534, 0);
	int fd = open_file("allocate", O_RDWR);
	say_result(fd < 0 || map(fd, 2 * PAGE) == MAP_FAILED);
	say_taken();
}

static const struct rule rules[] = {
	{ "allocate-mode", file_allocate_mode },
	{ "size-mode", file_size_mode },
	{ "available-mode", file_available_mode },
	{ "published-mode", file_published_mode },
	{ "allocate-length", file_allocate_length },
	{ "size-text", file_size_text },
	{ "available-text", file_available_text },
	{ "published-text", file_published_text },
	{ "read-allocate", file_read_allocate },
	{ "write-allocate", file_write_allocate },
	{ "write-size", file_write_size },
	{ "write-available", file_write_available },
	{ "write-published", file_write_published },
	{ "of-another-user", file_of_another_user },
	{ "of-group", file_of_group },
};

int main(int argc, char **argv)
{
	return run_rules(rules, ARRAY_SIZE(rules), argc, argv);
}
