/* SPDX-License-Identifier: Apache-2.0 */
/*
 * load: keeps all CPUs of a Linux guest busy with messages between processes, and checks each one.
 *
 *   load SECONDS GROUPS
 *
 * Each letter of GROUPS is a group of processes:
 *
 *   p, s   a crowd: a sender and a receiver for each CPU, which run where Linux lets them. Each
 *          sender writes to each receiver in turn, as hackbench does, by pipes or sockets.
 *   r      a ring: a process that stays on each CPU hands a message on to the next CPU's. Each
 *          message wakes another CPU, by an interrupt from the one that sends it.
 *   x      a ring that damages a message, so that one sees that this is noticed
 *
 * It says that it runs when all processes are where they stay: from then on, CPUs may go.
 *
 * A receiver holds every message against what its sender must have sent then: nothing may be lost,
 * twice, late or changed. At the end the two sides' books are compared.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define MEMBERS_MAX   8
#define GROUPS_MAX    16
#define PAYLOAD_WORDS 12
#define DAMAGED	      100
#define CHANNEL_BYTES 4096 /* a small one: who writes often waits for who reads */

/* Smaller than PIPE_BUF: writes of several senders to one pipe do not mix. */
struct message {
	uint32_t group;
	uint32_t sender;
	uint32_t receiver;
	uint32_t sequence;
	uint64_t payload[PAYLOAD_WORDS];
};

/* One word has one writer. */
struct books {
	uint32_t sent[GROUPS_MAX][MEMBERS_MAX][MEMBERS_MAX]; /* by sender, receiver */
	uint32_t received[GROUPS_MAX][MEMBERS_MAX][MEMBERS_MAX];
	_Atomic uint32_t cpus; /* on which processes have run */
};

struct channel {
	int read;
	int write;
};

static struct books *books;
static unsigned members; /* senders, and receivers, of a group */
static time_t end;
static const char *kinds; /* of the groups */

static _Noreturn void fail(const char *what)
{
	printf("load: error: %s (%s)\n", what, strerror(errno));
	exit(1);
}

static time_t seconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec;
}

static struct message message(unsigned group, unsigned sender, unsigned receiver, uint32_t sequence)
{
	struct message made = {group, sender, receiver, sequence, {0}};
	uint64_t state = (uint64_t)(group << 16 | sender << 8 | receiver) << 32 | sequence;

	for (unsigned i = 0; i < PAYLOAD_WORDS; i++) {
		/* A linear congruential generator (Knuth's MMIX). */
		state = state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
		made.payload[i] = state;
	}
	return made;
}

static bool is_ring(unsigned group)
{
	return kinds[group] == 'r' || kinds[group] == 'x';
}

static void keep_on(pid_t process, unsigned cpu)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	if (sched_setaffinity(process, sizeof(set), &set) != 0)
		fail("sched_setaffinity");
}

static void note_cpu(void)
{
	atomic_fetch_or(&books->cpus, 1U << sched_getcpu());
}

static void send_message(unsigned group, unsigned self, unsigned to, int channel)
{
	uint32_t *const sent = &books->sent[group][self][to];
	struct message next = message(group, self, to, *sent);

	if (kinds[group] == 'x' && *sent == DAMAGED)
		next.payload[PAYLOAD_WORDS - 1] ^= 1;
	if (write(channel, &next, sizeof(next)) != sizeof(next))
		fail("write");
	(*sent)++;
}

/* A whole message, as it was sent. False: all senders have closed the channel. */
static bool receive_message(unsigned group, unsigned self, int channel)
{
	struct message got = {0};
	size_t length = 0;

	while (length < sizeof(got)) {
		const ssize_t more = read(channel, (char *)&got + length, sizeof(got) - length);

		if (more < 0)
			fail("read");
		if (more == 0 && length == 0)
			return false;
		if (more == 0)
			fail("the last message was cut short");
		length += (size_t)more;
	}
	if (got.sender >= members)
		fail("a message from nobody");

	uint32_t *const received = &books->received[group][got.sender][self];
	const struct message due = message(group, got.sender, self, *received);

	if (memcmp(&got, &due, sizeof(got)) != 0)
		fail("a message is not as sent");
	if ((*received)++ % 64 == 0)
		note_cpu();
	return true;
}

static void send_to_all(unsigned group, unsigned self, const struct channel *channels)
{
	while (seconds() < end) {
		for (unsigned to = 0; to < members; to++)
			send_message(group, self, to, channels[to].write);
		note_cpu();
	}
}

/* The first of the ring begins and, when it is time, ends it: that closes one channel after the
 * other. */
static void hand_on(unsigned group, unsigned self, const struct channel *channels)
{
	const unsigned next = (self + 1) % members;

	if (self == 0)
		send_message(group, self, next, channels[next].write);
	while (receive_message(group, self, channels[self].read)) {
		if (self == 0 && seconds() >= end)
			return;
		send_message(group, self, next, channels[next].write);
	}
}

static void open_channel(unsigned group, struct channel *channel)
{
	const int size = CHANNEL_BYTES;
	int ends[2];

	if (kinds[group] == 's') {
		if (socketpair(AF_UNIX, SOCK_SEQPACKET, 0, ends) != 0 ||
		    setsockopt(ends[1], SOL_SOCKET, SO_SNDBUF, &size, sizeof(size)) != 0)
			fail("socketpair");
	} else if (pipe(ends) != 0 || fcntl(ends[0], F_SETPIPE_SZ, size) < 0) {
		fail("pipe");
	}
	*channel = (struct channel){ends[0], ends[1]};
}

/* Senders are the first of a crowd's members. A channel ends when nobody has its other side. */
static _Noreturn void be_member(unsigned group, unsigned number, struct channel *channels)
{
	const bool is_a_ring = is_ring(group);
	const bool is_sender = !is_a_ring && number < members;
	const unsigned self = number % members;

	for (unsigned i = 0; i < members; i++) {
		if (is_sender || i != self)
			close(channels[i].read);
		if (!is_sender && !(is_a_ring && i == (self + 1) % members))
			close(channels[i].write);
	}
	if (is_a_ring)
		hand_on(group, self, channels);
	else if (is_sender)
		send_to_all(group, self, channels);
	else
		while (receive_message(group, self, channels[self].read))
			;
	exit(0);
}

static void start_group(unsigned group)
{
	const unsigned count = is_ring(group) ? members : 2 * members;
	struct channel channels[MEMBERS_MAX];

	for (unsigned i = 0; i < members; i++)
		open_channel(group, &channels[i]);
	for (unsigned i = 0; i < count; i++) {
		const pid_t child = fork();

		if (child < 0)
			fail("fork");
		if (child == 0)
			be_member(group, i, channels);
		if (is_ring(group))
			keep_on(child, i);
	}
	for (unsigned i = 0; i < members; i++) {
		close(channels[i].read);
		close(channels[i].write);
	}
}

/* How many pairs of a sender and a receiver disagree. */
static unsigned compare(uint64_t *total)
{
	unsigned wrong = 0;

	for (unsigned group = 0; kinds[group] != '\0'; group++)
		for (unsigned from = 0; from < members; from++)
			for (unsigned to = 0; to < members; to++) {
				const uint32_t sent = books->sent[group][from][to];

				*total += sent;
				const bool is_used = !is_ring(group) || to == (from + 1) % members;

				wrong += sent != books->received[group][from][to] ||
					 (sent != 0) != is_used;
			}
	return wrong;
}

int main(int argc, char **argv)
{
	const long cpus = sysconf(_SC_NPROCESSORS_ONLN);
	unsigned failed = 0;
	uint64_t total = 0;
	int status;

	if (argc != 3 || strlen(argv[2]) > GROUPS_MAX || cpus < 1 || cpus > MEMBERS_MAX) {
		printf("usage: load SECONDS GROUPS; at most %d groups, %d CPUs\n", GROUPS_MAX,
		       MEMBERS_MAX);
		return 2;
	}
	kinds = argv[2];
	members = (unsigned)cpus;
	end = seconds() + atoi(argv[1]);
	books = mmap(NULL, sizeof(*books), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1,
		     0);
	if (books == MAP_FAILED)
		fail("mmap");
	for (unsigned group = 0; kinds[group] != '\0'; group++)
		start_group(group);
	printf("load: runs on %u CPUs\n", members);
	while (wait(&status) >= 0)
		failed += status != 0;

	const unsigned wrong = compare(&total);

	printf("load: %llu messages, %u processes failed, %u books wrong, CPUs %x of %x\n",
	       (unsigned long long)total, failed, wrong, books->cpus, (1U << cpus) - 1);
	return failed != 0 || wrong != 0;
}
