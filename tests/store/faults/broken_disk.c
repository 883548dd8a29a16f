/* A disk that breaks when it is told to: loaded before libc, it counts what is written to files in one folder.

   fault_arm(n, how, stays, folder): the n-th write, sync, truncation, renaming or removal there fails with the error `how`,
   and with `stays` so do all that follow. how = -1: the process is killed in its place; -2: after half of the bytes. n = 0 only counts. */

#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

static char folder[PATH_MAX];
static long count, at;
static int how, stays;

void fault_arm(long n, int kind, int lasts, const char *place) {
    snprintf(folder, sizeof folder, "%s", place);
    count = 0, at = n, how = kind, stays = lasts;
}

long fault_count(void) { return count; }

static int is_due(const char *path) {
    if (!folder[0] || strncmp(path, folder, strlen(folder)) != 0) return 0;
    long now = __sync_add_and_fetch(&count, 1);
    if (!at || !(now == at || (stays && now > at))) return 0;
    if (how == -1) kill(getpid(), SIGKILL);
    return 1;
}

static int is_due_at(int fd) {
    char link[64], path[PATH_MAX];
    if (!folder[0]) return 0;
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(link, path, sizeof path - 1);
    if (length < 0) return 0;
    path[length] = 0;
    return is_due(path);
}

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))
#define REFUSE do { errno = how; return -1; } while (0)

ssize_t pwrite64(int fd, const void *bytes, size_t size, off64_t place) {
    if (is_due_at(fd)) {
        if (how != -2) REFUSE;
        REAL(pwrite64)(fd, bytes, size / 2, place);
        kill(getpid(), SIGKILL);
    }
    return REAL(pwrite64)(fd, bytes, size, place);
}

ssize_t pwrite(int fd, const void *bytes, size_t size, off_t place) { return pwrite64(fd, bytes, size, place); }

ssize_t write(int fd, const void *bytes, size_t size) {
    if (is_due_at(fd)) {
        if (how != -2) REFUSE;
        REAL(write)(fd, bytes, size / 2);
        kill(getpid(), SIGKILL);
    }
    return REAL(write)(fd, bytes, size);
}

static int other(int due) {
    if (due && how == -2) kill(getpid(), SIGKILL);
    return due;
}

int fsync(int fd) { if (other(is_due_at(fd))) REFUSE; return REAL(fsync)(fd); }
int fdatasync(int fd) { if (other(is_due_at(fd))) REFUSE; return REAL(fdatasync)(fd); }
int ftruncate64(int fd, off64_t size) { if (other(is_due_at(fd))) REFUSE; return REAL(ftruncate64)(fd, size); }
int ftruncate(int fd, off_t size) { return ftruncate64(fd, size); }
int rename(const char *from, const char *to) { if (other(is_due(from))) REFUSE; return REAL(rename)(from, to); }
int unlink(const char *path) { if (other(is_due(path))) REFUSE; return REAL(unlink)(path); }
