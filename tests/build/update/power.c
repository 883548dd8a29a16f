/* A computer whose power fails, or whose disk does, when it is told to: loaded before libc, it counts what changes the files in one folder.

   power_arm(n, how, stays, folder): the n-th opening for writing, write, sync, renaming, making or removal there fails with the
   error `how`, and with `stays` so do all that follow. how = -1: the power fails. Then the process is killed, and every file that
   was written to and not synced since is emptied: that is what a real one leaves of them at worst. n = 0 only counts. */

#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>

#define MOST 2048
static char folder[PATH_MAX];
static char unsynced[MOST][PATH_MAX]; /* "" where there is none any longer */
static int files;
static long count, at;
static int how, stays;

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))
#define REFUSE do { errno = how; return -1; } while (0)

void power_arm(long n, int kind, int lasts, const char *place) {
    snprintf(folder, sizeof folder, "%s", place);
    count = 0, files = 0, at = n, how = kind, stays = lasts;
}

long power_count(void) { return count; }

static void fail(void) {
    for (int i = 0; i < files; i++)
        if (unsynced[i][0]) (void)!truncate(unsynced[i], 0);
    kill(getpid(), SIGKILL);
}

static int is_due(const char *path) {
    if (!folder[0] || strncmp(path, folder, strlen(folder)) != 0) return 0;
    long now = ++count;
    if (!at || !(now == at || (stays && now > at))) return 0;
    if (how == -1) fail();
    return 1;
}

/* Which file that is; false if it has no name. */
static int path_at(int fd, char *path) {
    char link[64];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(link, path, PATH_MAX - 1);
    if (length < 0) return 0;
    path[length] = 0;
    return 1;
}

static const char *full(int place, const char *path, char *space) {
    if (path[0] == '/' || place == AT_FDCWD || !path_at(place, space)) return path;
    size_t length = strlen(space);
    snprintf(space + length, PATH_MAX - length, "/%s", path);
    return space;
}

static void wrote(const char *path) {
    if (!folder[0] || strncmp(path, folder, strlen(folder)) != 0) return;
    for (int i = 0; i < files; i++)
        if (!strcmp(unsynced[i], path)) return;
    if (files < MOST) snprintf(unsynced[files++], PATH_MAX, "%s", path);
}

static void synced(const char *path) {
    for (int i = 0; i < files; i++)
        if (!strcmp(unsynced[i], path)) unsynced[i][0] = 0;
}

static void renamed(const char *from, const char *to) {
    size_t length = strlen(from);
    synced(to); /* what had that name is gone */
    for (int i = 0; i < files; i++)
        if (!strncmp(unsynced[i], from, length) && (unsynced[i][length] == '/' || !unsynced[i][length])) {
            char rest[PATH_MAX];
            snprintf(rest, sizeof rest, "%s", unsynced[i] + length);
            if (snprintf(unsynced[i], PATH_MAX, "%s%s", to, rest) >= PATH_MAX) unsynced[i][0] = 0;
        }
}

ssize_t write(int fd, const void *bytes, size_t size) {
    char path[PATH_MAX];
    if (folder[0] && path_at(fd, path)) {
        if (is_due(path)) REFUSE;
        wrote(path);
    }
    return REAL(write)(fd, bytes, size);
}

int fsync(int fd) {
    char path[PATH_MAX];
    if (folder[0] && path_at(fd, path)) {
        if (is_due(path)) REFUSE;
        synced(path);
    }
    return REAL(fsync)(fd);
}

static int opened(const char *path, int flags) {
    if ((flags & O_ACCMODE) == O_RDONLY) return 0;
    if (is_due(path)) return 1;
    if (flags & (O_CREAT | O_TRUNC) && (flags & O_TRUNC || access(path, F_OK))) wrote(path);
    return 0;
}

#define MODE va_list more; va_start(more, flags); mode_t mode = va_arg(more, mode_t); va_end(more)

int open(const char *path, int flags, ...) { MODE; if (opened(path, flags)) REFUSE; return REAL(open)(path, flags, mode); }
int open64(const char *path, int flags, ...) { MODE; if (opened(path, flags)) REFUSE; return REAL(open64)(path, flags, mode); }
int rename(const char *from, const char *to) {
    if (is_due(from)) REFUSE;
    int done = REAL(rename)(from, to);
    if (!done) renamed(from, to);
    return done;
}
int mkdir(const char *path, mode_t mode) { if (is_due(path)) REFUSE; return REAL(mkdir)(path, mode); }
int rmdir(const char *path) { if (is_due(path)) REFUSE; return REAL(rmdir)(path); }
int unlink(const char *path) { if (is_due(path)) REFUSE; return REAL(unlink)(path); }
int unlinkat(int place, const char *path, int flags) {
    char space[PATH_MAX];
    if (is_due(full(place, path, space))) REFUSE;
    return REAL(unlinkat)(place, path, flags);
}
