/* Loaded before the C library: clocks that go in steps of PROCTOR_CLOCK_MS, times of files in whole seconds with them, and
 * changes of files that take PROCTOR_DISK_MS longer. Reaches programs that call the C library for these; a static program
 * goes on as it is. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

static long step_ms, disk_ms;

__attribute__((constructor)) static void begin(void) {
    const char *clock = getenv("PROCTOR_CLOCK_MS"), *disk = getenv("PROCTOR_DISK_MS");
    step_ms = clock ? atol(clock) : 0;
    disk_ms = disk ? atol(disk) : 0;
}

/* Clocks of processor time are left as they are. */
static int goes_in_steps(clockid_t clock) {
    return step_ms > 0 && clock >= 0 && clock != CLOCK_PROCESS_CPUTIME_ID && clock != CLOCK_THREAD_CPUTIME_ID;
}

int clock_gettime(clockid_t clock, struct timespec *now) {
    long failed = syscall(SYS_clock_gettime, clock, now);
    if (!failed && now && goes_in_steps(clock)) {
        long long ms = now->tv_sec * 1000LL + now->tv_nsec / 1000000;
        ms -= ms % step_ms;
        now->tv_sec = ms / 1000;
        now->tv_nsec = ms % 1000 * 1000000;
    }
    return failed;
}

int clock_getres(clockid_t clock, struct timespec *step) {
    long failed = syscall(SYS_clock_getres, clock, step);
    if (!failed && step && goes_in_steps(clock)) {
        step->tv_sec = step_ms / 1000;
        step->tv_nsec = step_ms % 1000 * 1000000;
    }
    return failed;
}

int gettimeofday(struct timeval *restrict now, void *restrict zone) {
    struct timespec exact;
    (void)zone;
    if (now) {
        clock_gettime(CLOCK_REALTIME, &exact);
        now->tv_sec = exact.tv_sec;
        now->tv_usec = exact.tv_nsec / 1000;
    }
    return 0;
}

int timespec_get(struct timespec *now, int base) {
    return base == TIME_UTC && clock_gettime(CLOCK_REALTIME, now) == 0 ? base : 0;
}

/* The kernel fills the same structure as the C library does on these machines. */
#if defined(__x86_64__) || defined(__aarch64__)
static int seconds(int failed, struct stat *file) {
    if (!failed && step_ms > 0)
        file->st_atim.tv_nsec = file->st_mtim.tv_nsec = file->st_ctim.tv_nsec = 0;
    return failed;
}

int fstatat(int at, const char *restrict path, struct stat *restrict file, int flags) {
    return seconds(syscall(SYS_newfstatat, at, path, file, flags), file);
}

int stat(const char *restrict path, struct stat *restrict file) { return fstatat(AT_FDCWD, path, file, 0); }
int lstat(const char *restrict path, struct stat *restrict file) {
    return fstatat(AT_FDCWD, path, file, AT_SYMLINK_NOFOLLOW);
}
int fstat(int fd, struct stat *file) { return seconds(syscall(SYS_fstat, fd, file), file); }

/* The same by the names for large files. */
int fstatat64(int, const char *restrict, struct stat64 *restrict, int) __attribute__((alias("fstatat")));
int stat64(const char *restrict, struct stat64 *restrict) __attribute__((alias("stat")));
int lstat64(const char *restrict, struct stat64 *restrict) __attribute__((alias("lstat")));
int fstat64(int, struct stat64 *) __attribute__((alias("fstat")));
#endif

int statx(int at, const char *restrict path, int flags, unsigned mask, struct statx *restrict file) {
    int failed = syscall(SYS_statx, at, path, flags, mask, file);
    if (!failed && step_ms > 0)
        file->stx_atime.tv_nsec = file->stx_mtime.tv_nsec = file->stx_ctime.tv_nsec = file->stx_btime.tv_nsec = 0;
    return failed;
}

static void wait_for_the_disk(void) {
    struct timespec left = {disk_ms / 1000, disk_ms % 1000 * 1000000};
    int before = errno;
    while (disk_ms > 0 && syscall(SYS_clock_nanosleep, CLOCK_MONOTONIC, 0, &left, &left) != 0 && errno == EINTR)
        ;
    errno = before;
}

/* Only a file is on the disk: pipes, sockets and terminals are not slow. */
static void wait_for_file(int fd) {
    struct stat file;
    int before = errno;
    if (disk_ms > 0 && syscall(SYS_fstat, fd, &file) == 0 && S_ISREG(file.st_mode))
        wait_for_the_disk();
    errno = before;
}

ssize_t write(int fd, const void *bytes, size_t size) { return wait_for_file(fd), syscall(SYS_write, fd, bytes, size); }
ssize_t writev(int fd, const struct iovec *parts, int count) {
    return wait_for_file(fd), syscall(SYS_writev, fd, parts, count);
}
ssize_t pwrite(int fd, const void *bytes, size_t size, off_t at) {
    return wait_for_file(fd), syscall(SYS_pwrite64, fd, bytes, size, at);
}
ssize_t pwrite64(int, const void *, size_t, off64_t) __attribute__((alias("pwrite")));
int fsync(int fd) { return wait_for_file(fd), syscall(SYS_fsync, fd); }
int fdatasync(int fd) { return wait_for_file(fd), syscall(SYS_fdatasync, fd); }

int openat(int at, const char *path, int flags, ...) {
    mode_t mode = 0;
    if (flags & O_CREAT || (flags & O_TMPFILE) == O_TMPFILE) {
        va_list rest;
        va_start(rest, flags);
        mode = va_arg(rest, mode_t);
        va_end(rest);
        wait_for_the_disk();
    }
    return syscall(SYS_openat, at, path, flags, mode);
}

int open(const char *path, int flags, ...) {
    mode_t mode = 0;
    if (flags & O_CREAT || (flags & O_TMPFILE) == O_TMPFILE) {
        va_list rest;
        va_start(rest, flags);
        mode = va_arg(rest, mode_t);
        va_end(rest);
    }
    return openat(AT_FDCWD, path, flags, mode);
}

int openat64(int, const char *, int, ...) __attribute__((alias("openat")));
int open64(const char *, int, ...) __attribute__((alias("open")));
int creat(const char *path, mode_t mode) { return open(path, O_CREAT | O_WRONLY | O_TRUNC, mode); }

int renameat(int from, const char *old, int to, const char *new) {
    return wait_for_the_disk(), syscall(SYS_renameat2, from, old, to, new, 0);
}
int rename(const char *old, const char *new) { return renameat(AT_FDCWD, old, AT_FDCWD, new); }
int unlinkat(int at, const char *path, int flags) { return wait_for_the_disk(), syscall(SYS_unlinkat, at, path, flags); }
int unlink(const char *path) { return unlinkat(AT_FDCWD, path, 0); }
int mkdirat(int at, const char *path, mode_t mode) { return wait_for_the_disk(), syscall(SYS_mkdirat, at, path, mode); }
int mkdir(const char *path, mode_t mode) { return mkdirat(AT_FDCWD, path, mode); }
