// SPDX-License-Identifier: MIT
/*
 * p2pmem-rules-ends FOLDER: what becomes of p2pmem when processes that hold it end. It stays as long as one of them has
 * it mapped.
 */
#define _GNU_SOURCE
#include <sched.h>

#include "p2pmem-rules.h"

struct holder {
	pid_t pid;
	int go; /* a byte tells the holder to end */
};

/* A process that runs `take`, tells that it has, and waits to be told to end. */
static struct holder start_holder(void (*take)(void))
{
	int ready[2], go[2];
	char byte;
	if (pipe2(ready, O_CLOEXEC) || pipe2(go, O_CLOEXEC))
		die("pipe");
	pid_t pid = fork();
	if (pid < 0)
		die("fork");
	if (pid == 0) {
		close(go[1]);
		if (take)
			take();
		if (write(ready[1], "", 1) != 1 || read(go[0], &byte, 1) < 0)
			_exit(1);
		_exit(0);
	}
	close(go[0]);
	close(ready[1]);
	if (read(ready[0], &byte, 1) != 1)
		die("a holder");
	close(ready[0]);
	return (struct holder){ pid, go[1] };
}

static void end_holder(struct holder holder, int signal)
{
	if (signal)
		kill(holder.pid, signal);
	else if (write(holder.go, "", 1) != 1)
		die("a holder");
	waitpid(holder.pid, NULL, 0);
}

static void take_5(void)
{
	fill(must_map(5), 5, 1);
}

static void end_by(int signal)
{
	struct holder holder = start_holder(take_5);
	say_taken();
	end_holder(holder, signal);
	say_taken();
}

static void ends_exit(void) { end_by(0); }
static void ends_sigkill(void) { end_by(SIGKILL); }
static void ends_sigsegv(void) { end_by(SIGSEGV); }

static void ends_sigkill_of_stopped(void)
{
	struct holder holder = start_holder(take_5);
	kill(holder.pid, SIGSTOP);
	waitpid(holder.pid, NULL, WUNTRACED);
	say_taken();
	end_holder(holder, SIGKILL);
	say_taken();
}

/* The process goes on as another program, which has none of the memory; exec also closes the pipe. */
static void ends_exec(void)
{
	int ready[2];
	char byte;
	if (pipe2(ready, O_CLOEXEC))
		die("pipe");
	pid_t pid = fork();
	if (pid == 0) {
		take_5();
		say_taken();
		execlp("sleep", "sleep", "1000", NULL);
		_exit(1);
	}
	close(ready[1]);
	if (read(ready[0], &byte, 1))
		die("exec");
	say_taken();
	say_result(kill(pid, SIGKILL));
	waitpid(pid, NULL, 0);
}

/* What a child inherits is the same memory, and stays as long as one of both has it. */
static void ends_fork_shares(void)
{
	uint64_t *at = must_map(5);
	fill(at, 5, 1);
	pid_t pid = fork();
	if (pid == 0) {
		if (bad_words(at, 5, 1))
			_exit(1);
		fill(at, 5, 2);
		_exit(0);
	}
	int status = 1;
	waitpid(pid, &status, 0);
	say("%s", status == 0 ? "ok" : "corrupt");
	say_taken();
	say_holds(at, 5, 2);
}

static void ends_fork_outlives(void)
{
	uint64_t *at = must_map(5);
	struct holder child = start_holder(NULL);
	munmap(at, 5 * PAGE);
	say_taken();
	end_holder(child, SIGKILL);
	say_taken();
}

static uint64_t *inherited;

static void unmap_some(void)
{
	munmap(inherited, 2 * PAGE);
}

static void ends_fork_unmaps(void)
{
	inherited = must_map(5);
	fill(inherited, 5, 1);
	struct holder child = start_holder(unmap_some);
	say_taken();
	say_holds(inherited, 5, 1);
	munmap(inherited, 5 * PAGE);
	say_taken();
	end_holder(child, 0);
	say_taken();
}

static void ends_dontfork(void)
{
	uint64_t *at = must_map(5);
	say_result(madvise(at, 5 * PAGE, MADV_DONTFORK));
	struct holder child = start_holder(NULL);
	munmap(at, 5 * PAGE);
	say_taken();
	end_holder(child, 0);
}

static void ends_many_children(void)
{
	struct holder children[8];
	uint64_t *at = must_map(5);
	for (size_t i = 0; i < ARRAY_SIZE(children); i++)
		children[i] = start_holder(NULL);
	munmap(at, 5 * PAGE);
	for (size_t i = 0; i + 1 < ARRAY_SIZE(children); i++)
		end_holder(children[i], i % 2 ? SIGKILL : 0);
	say_taken();
	end_holder(children[ARRAY_SIZE(children) - 1], SIGKILL);
	say_taken();
}

static int take_in_thread(void *arg)
{
	*(uint64_t **)arg = must_map(5);
	return 0;
}

/* Memory belongs to the process, and not to the thread that took it. */
static void ends_thread(void)
{
	static char stack[65536] __attribute__((aligned(16)));
	uint64_t *at = NULL;
	pid_t thread = clone(take_in_thread, stack + sizeof(stack), CLONE_VM | CLONE_FILES | SIGCHLD, &at);
	if (thread < 0)
		die("clone");
	waitpid(thread, NULL, 0);
	say_taken();
	munmap(at, 5 * PAGE);
	say_taken();
}

static void take_all(void)
{
	must_map(idle / PAGE);
}

/* Another one's end makes good what there was not. */
static void ends_of_the_only_holder(void)
{
	int fd = open_allocate(O_RDWR);
	struct holder holder = start_holder(take_all);
	say("%" PRIu64, read_number("available"));
	say_result(map(fd, PAGE) == MAP_FAILED);
	end_holder(holder, SIGKILL);
	say_result(map(fd, idle) == MAP_FAILED);
}

static const struct rule rules[] = {
	{ "exit", ends_exit },
	{ "sigkill", ends_sigkill },
	{ "sigsegv", ends_sigsegv },
	{ "sigkill-of-stopped", ends_sigkill_of_stopped },
	{ "exec", ends_exec },
	{ "fork-shares", ends_fork_shares },
	{ "fork-outlives", ends_fork_outlives },
	{ "fork-unmaps", ends_fork_unmaps },
	{ "dontfork", ends_dontfork },
	{ "many-children", ends_many_children },
	{ "thread", ends_thread },
	{ "of-the-only-holder", ends_of_the_only_holder },
};

int main(int argc, char **argv)
{
	return run_rules(rules, ARRAY_SIZE(rules), argc, argv);
}
