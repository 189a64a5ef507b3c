/* Attacks from inside a guest that need more than a shell: run as the task, each tries something that must not work and
 * says how it went, a line each: name, outcome, detail, separated by tabs.
 *
 * No C library: a task's input must be small, and a system call that fails must be seen as it is. */

#include <fcntl.h>
#include <linux/capability.h>
#include <linux/if_packet.h>
#include <linux/netlink.h>
#include <linux/reboot.h>
#include <linux/rtnetlink.h>
#include <linux/sched.h>
#include <poll.h>
#include <stddef.h>
#include <sys/mount.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <netinet/in.h>

static long call(long number, long a, long b, long c, long d, long e, long f)
{
	long result;
	register long r10 __asm__("r10") = d;
	register long r8 __asm__("r8") = e;
	register long r9 __asm__("r9") = f;
	__asm__ volatile("syscall"
			 : "=a"(result)
			 : "a"(number), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8), "r"(r9)
			 : "rcx", "r11", "memory");
	return result;
}

#define CALL(name, a, b, c, d, e, f) \
	call(SYS_##name, (long)(a), (long)(b), (long)(c), (long)(d), (long)(e), (long)(f))
#define CALL3(name, a, b, c) CALL(name, a, b, c, 0, 0, 0)

static void say(const char *text)
{
	size_t length = 0;
	while (text[length])
		length++;
	CALL3(write, 1, text, length);
}

static void number(long value)
{
	char digits[24];
	int at = sizeof(digits) - 1;
	digits[at] = 0;
	unsigned long rest = value < 0 ? -value : value;
	do {
		digits[--at] = '0' + rest % 10;
		rest /= 10;
	} while (rest);
	if (value < 0)
		digits[--at] = '-';
	say(digits + at);
}

/* An attack succeeds when the kernel does not refuse its decisive call. */
static void attack(const char *name, long result)
{
	say(name);
	say(result < 0 ? "\tdefeated\terrno " : "\tSUCCEEDED\tresult ");
	number(result < 0 ? -result : result);
	say("\n");
}

static void try_open(const char *name, const char *path, int flags)
{
	attack(name, CALL3(open, path, flags, 0));
}

/* The supervisor and its stage. */
static void against_the_supervisor(void)
{
	static char room[64];
	struct { void *base; size_t length; } here = { room, sizeof(room) }, there = { (void *)0x400000, sizeof(room) };
	attack("ptrace-stage", CALL(ptrace, PTRACE_ATTACH, 1, 0, 0, 0, 0));
	attack("seize-stage", CALL(ptrace, PTRACE_SEIZE, 1, 0, 0, 0, 0));
	attack("read-memory-of-stage", CALL(process_vm_readv, 1, &here, 1, &there, 1, 0));
	attack("write-memory-of-stage", CALL(process_vm_writev, 1, &here, 1, &there, 1, 0));
	attack("kill-stage", CALL3(kill, 1, 9, 0));
	long pidfd = CALL3(pidfd_open, 1, 0, 0);
	attack("steal-descriptor-of-stage", pidfd < 0 ? pidfd : CALL3(pidfd_getfd, pidfd, 0, 0));
	try_open("open-memory-of-stage", "/proc/1/mem", O_RDONLY);
	try_open("open-environment-of-stage", "/proc/1/environ", O_RDONLY);
	try_open("open-maps-of-stage", "/proc/1/maps", O_RDONLY);
	try_open("list-descriptors-of-stage", "/proc/1/fd", O_RDONLY | O_DIRECTORY);
	try_open("enter-network-of-stage", "/proc/1/ns/net", O_RDONLY);
	try_open("enter-root-of-stage", "/proc/1/root/", O_RDONLY | O_DIRECTORY);
	/* Process ids of the supervisor's own namespace mean nothing here: nobody but the stage and the task answers. */
	long self = CALL3(getpid, 0, 0, 0), parent = CALL3(getppid, 0, 0, 0), others = 0;
	for (long pid = 2; pid < 4096; pid++)
		if (pid != self && pid != parent && CALL3(kill, pid, 0, 0) == 0)
			others++;
	attack("signal-other-processes", others ? others : -3);
}

/* Powers that a task has not. */
static void for_powers(void)
{
	struct __user_cap_header_struct header = { _LINUX_CAPABILITY_VERSION_3, 0 };
	struct __user_cap_data_struct all[2] = { { ~0u, ~0u, ~0u }, { ~0u, ~0u, ~0u } };
	long time[2] = { 4102444800, 0 };
	unsigned int group = 0;
	attack("become-root", CALL3(setuid, 0, 0, 0));
	attack("become-root-effective", CALL3(setresuid, -1, 0, -1));
	attack("join-group-root", CALL3(setgroups, 1, &group, 0));
	attack("take-all-capabilities", CALL3(capset, &header, all, 0));
	attack("drop-no-new-privs", CALL(prctl, 38, 0, 0, 0, 0, 0));
	attack("new-user-namespace", CALL3(unshare, CLONE_NEWUSER, 0, 0));
	attack("new-mount-namespace", CALL3(unshare, CLONE_NEWNS, 0, 0));
	attack("new-network-namespace", CALL3(unshare, CLONE_NEWNET, 0, 0));
	attack("new-pid-namespace", CALL3(unshare, CLONE_NEWPID, 0, 0));
	attack("mount", CALL(mount, "none", "/tmp", "tmpfs", 0, 0, 0));
	attack("remount-proc", CALL(mount, "none", "/proc", "proc", MS_REMOUNT, 0, 0));
	attack("unmount-proc", CALL3(umount2, "/proc", MNT_DETACH, 0));
	attack("pivot-root", CALL3(pivot_root, "/tmp", "/tmp", 0));
	attack("chroot", CALL3(chroot, "/tmp", 0, 0));
	attack("set-clock", CALL3(clock_settime, 0, time, 0));
	attack("set-host-name", CALL3(sethostname, "evil", 4, 0));
	attack("swap-on", CALL3(swapon, "/tmp/swap", 0, 0));
	attack("open-by-handle", CALL3(open_by_handle_at, 3, "\10\0\0\0\1\0\0\0\0\0\0\0\0\0\0\0", 0));
}

/* The machine under the task. */
static void against_the_machine(void)
{
	char program[128] = { 0 };
	attack("load-module", CALL3(init_module, program, sizeof(program), ""));
	attack("load-module-file", CALL3(finit_module, 0, "", 0));
	attack("unload-module", CALL3(delete_module, "virtio_net", O_NONBLOCK, 0));
	attack("load-kernel", CALL(kexec_load, 0, 0, 0, 0, 0, 0));
	attack("load-bpf", CALL3(bpf, 5, program, sizeof(program)));
	attack("trace-kernel", CALL(perf_event_open, program, -1, 0, -1, 0, 0));
	attack("power-off", CALL(reboot, LINUX_REBOOT_MAGIC1, LINUX_REBOOT_MAGIC2, LINUX_REBOOT_CMD_POWER_OFF, 0, 0, 0));
	attack("restart", CALL(reboot, LINUX_REBOOT_MAGIC1, LINUX_REBOOT_MAGIC2, LINUX_REBOOT_CMD_RESTART, 0, 0, 0));
	attack("control-alt-delete", CALL(reboot, LINUX_REBOOT_MAGIC1, LINUX_REBOOT_MAGIC2, LINUX_REBOOT_CMD_CAD_OFF, 0, 0, 0));
	attack("input-output-ports", CALL3(iopl, 3, 0, 0));
	attack("make-memory-device", CALL3(mknod, "/tmp/mem", S_IFCHR | 0666, 0x101));
	attack("make-disk-device", CALL3(mknod, "/tmp/ram", S_IFBLK | 0666, 0x100));
	try_open("open-memory", "/dev/mem", O_RDWR);
	try_open("open-ports", "/dev/port", O_RDWR);
	try_open("open-kernel-image", "/proc/kcore", O_RDONLY);
	try_open("open-console", "/dev/ttyS0", O_RDWR);
	try_open("open-console-link", "/dev/console", O_RDWR);
	try_open("open-claim-port", "/dev/vport0p1", O_RDWR);
	try_open("open-claim-port-other", "/dev/vport1p1", O_RDWR);
	try_open("open-kernel-log", "/dev/kmsg", O_WRONLY);
	try_open("open-sysrq", "/proc/sysrq-trigger", O_WRONLY);
	try_open("open-core-pattern", "/proc/sys/kernel/core_pattern", O_WRONLY);
	try_open("open-module-loader-path", "/proc/sys/kernel/modprobe", O_WRONLY);
	try_open("open-hotplug-helper", "/sys/kernel/uevent_helper", O_WRONLY);
	try_open("open-firmware-memory", "/sys/firmware/qemu_fw_cfg/raw", O_RDONLY);
	try_open("leave-cgroup", "/sys/fs/cgroup/cgroup.procs", O_WRONLY);
	try_open("raise-memory-limit", "/sys/fs/cgroup/task/memory.max", O_WRONLY);
	try_open("replace-init", "/init", O_WRONLY);
	try_open("replace-users", "/etc/passwd", O_WRONLY);
	try_open("replace-busybox", "/bin/busybox", O_WRONLY);
	try_open("write-root-folder", "/evil", O_WRONLY | O_CREAT);
}

/* The network beneath sockets. */
static void against_the_network(void)
{
	struct { struct nlmsghdr header; struct rtmsg message; } rules = {
		{ sizeof(rules), RTM_DELRULE, NLM_F_REQUEST | NLM_F_ACK, 1, 0 }, { AF_INET }
	};
	struct { struct nlmsghdr header; int error; char rest[64]; } answer = { { 0 } };
	attack("raw-socket", CALL3(socket, AF_INET, SOCK_RAW, 1));
	attack("packet-socket", CALL3(socket, AF_PACKET, SOCK_RAW, 0x0300));
	long netlink = CALL3(socket, AF_NETLINK, SOCK_RAW, NETLINK_ROUTE);
	CALL(sendto, netlink, &rules, sizeof(rules), 0, 0, 0);
	CALL(recvfrom, netlink, &answer, sizeof(answer), 0, 0, 0);
	attack("open-the-metadata-service", netlink < 0 ? netlink : answer.error);
}

/* Whether a TCP port is open. */
static int is_open(unsigned int address, int port)
{
	struct sockaddr_in to = { AF_INET, __builtin_bswap16(port), { __builtin_bswap32(address) } };
	struct pollfd waiting = { CALL3(socket, AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0), POLLOUT, 0 };
	int error = 1, length = sizeof(error);
	CALL3(connect, waiting.fd, &to, sizeof(to));
	if (CALL3(poll, &waiting, 1, 3000) > 0)
		CALL(getsockopt, waiting.fd, SOL_SOCKET, SO_ERROR, &error, &length, 0);
	CALL3(close, waiting.fd, 0, 0);
	return !error;
}

/* Connects to every TCP port of an address, and lists those that are open. A connection to a port that nobody listens on
 * can, once in 28 thousand times, meet itself: the emulator's end gets the very port as its own. So it is tried again. */
static void scan(const char *name, unsigned int address)
{
	enum { AT_ONCE = 128 };
	say(name);
	say("\topen\t");
	for (int first = 1; first < 65536; first += AT_ONCE) {
		struct pollfd waiting[AT_ONCE];
		int ports[AT_ONCE], count = 0;
		for (int port = first; port < first + AT_ONCE && port < 65536; port++) {
			struct sockaddr_in to = { AF_INET, __builtin_bswap16(port), { __builtin_bswap32(address) } };
			long fd = CALL3(socket, AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
			if (fd < 0)
				continue;
			CALL3(connect, fd, &to, sizeof(to));
			waiting[count].fd = fd;
			waiting[count].events = POLLOUT;
			ports[count++] = port;
		}
		/* A port that says nothing at all for three seconds is not open either. */
		for (int pending = count; pending > 0;) {
			if (CALL3(poll, waiting, count, 3000) <= 0)
				break;
			for (int at = 0; at < count; at++) {
				if (waiting[at].fd < 0 || !waiting[at].revents)
					continue;
				int error = 0, length = sizeof(error);
				CALL(getsockopt, waiting[at].fd, SOL_SOCKET, SO_ERROR, &error, &length, 0);
				if (!error && is_open(address, ports[at])) {
					number(ports[at]);
					say(" ");
				}
				CALL3(close, waiting[at].fd, 0, 0);
				waiting[at].fd = -1;
				pending--;
			}
		}
		for (int at = 0; at < count; at++)
			if (waiting[at].fd >= 0)
				CALL3(close, waiting[at].fd, 0, 0);
	}
	say("\n");
}

/* Starts copies of itself, each of which does the same, for as long as it is let. */
static void fork_bomb(void)
{
	for (;;)
		CALL(fork, 0, 0, 0, 0, 0, 0);
}

__attribute__((force_align_arg_pointer, used)) static void begin(long *stack)
{
	const char *word = stack[0] > 1 ? (const char *)stack[2] : "";
	if (word[0] == 'f') {
		fork_bomb();
	} else if (word[0] == 's') {
		scan("ports-of-the-gateway", 0x0a000202);
	} else {
		against_the_supervisor();
		for_powers();
		against_the_machine();
		against_the_network();
	}
	CALL3(exit_group, 0, 0, 0);
}

__asm__(".globl _start\n_start:\n\tmov %rsp, %rdi\n\tcall begin\n");
