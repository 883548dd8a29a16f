/* Linux and macOS. */

#define _GNU_SOURCE

#include "system.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#ifdef __APPLE__
#include <mach-o/dyld.h>
#endif

#define MOST 65536 /* bytes of a text file; they have a few hundred */

/* ---- texts --------------------------------------------------------------------------------------------------------- */

void *memory(size_t bytes) {
  void *place = calloc(1, bytes);
  if (!place) exit(COULD_NOT_START);
  return place;
}

letter *join(const letter *first, ...) {
  size_t length = 1;
  va_list parts;
  va_start(parts, first);
  for (const char *part = first; part; part = va_arg(parts, const char *)) length += strlen(part);
  va_end(parts);
  char *all = memory(length);
  va_start(parts, first);
  for (const char *part = first; part; part = va_arg(parts, const char *)) strcat(all, part);
  va_end(parts);
  return all;
}

letter *letters(const char *ascii) { return join(ascii, NULL); }

size_t length_of(const letter *text) { return strlen(text); }

bool is_same(const letter *one, const letter *other, size_t most) { return !strncmp(one, other, most); }

/* One character of UTF-8: how many bytes it has, or 0 if they are none, too long a form included. */
static int character(const unsigned char *bytes, wchar_t *result) {
  static const wchar_t least[] = {0, 0, 0x80, 0x800, 0x10000};
  int more = *bytes < 0x80 ? 0 : *bytes >> 5 == 6 ? 1 : *bytes >> 4 == 14 ? 2 : *bytes >> 3 == 30 ? 3 : -1;
  if (more < 0) return 0;
  wchar_t value = more ? *bytes & (0x3f >> more) : *bytes;
  for (int i = 1; i <= more; i++) {
    if (bytes[i] >> 6 != 2) return 0;
    value = value << 6 | (bytes[i] & 0x3f);
  }
  bool is_surrogate = value >= 0xd800 && value < 0xe000;
  if (is_surrogate || value > 0x10ffff || (more && value < least[more + 1])) return 0;
  *result = value;
  return more + 1;
}

wchar_t *wide(const letter *text) {
  wchar_t *result = memory((strlen(text) + 1) * sizeof *result), *end = result;
  for (const unsigned char *each = (const unsigned char *)text; *each; end++) {
    int length = character(each, end);
    if (!length) *end = 0xdc00 + *each; /* surrogateescape: the byte comes back when Python opens the path */
    each += length ? length : 1;
  }
  return result;
}

const char *utf8(const letter *text) {
  for (const wchar_t *each = wide(text); *each; each++)
    if (*each >= 0xdc80 && *each <= 0xdcff) return NULL;
  return text;
}

/* ---- files --------------------------------------------------------------------------------------------------------- */

letter *own_file(void) {
  static char found[PATH_MAX + 1];
#ifdef __APPLE__
  char named[PATH_MAX + 1];
  uint32_t size = sizeof named;
  return _NSGetExecutablePath(named, &size) == 0 ? realpath(named, found) : NULL;
#else
  ssize_t length = readlink("/proc/self/exe", found, PATH_MAX);
  return length > 0 ? found : NULL;
#endif
}

static char *folder_of(const char *path) {
  char *folder = letters(path);
  *strrchr(folder, '/') = '\0';
  return folder;
}

letter *root_of(const letter *file) {
  char *folder = folder_of(file);
#ifdef __APPLE__
  folder = join(folder_of(folder), "/Resources", NULL); /* Stock.app/Contents/MacOS/Stock */
#endif
  return folder;
}

bool is_folder(const letter *path) {
  struct stat found;
  return stat(path, &found) == 0 && S_ISDIR(found.st_mode);
}

bool is_file(const letter *path) {
  struct stat found;
  return stat(path, &found) == 0 && S_ISREG(found.st_mode);
}

char *read_text(const letter *path) {
  FILE *file = is_file(path) ? fopen(path, "rbe") : NULL; /* a pipe of that name would be waited for */
  if (!file) return NULL;
  char *content = memory(MOST + 1);
  size_t length = fread(content, 1, MOST + 1, file);
  bool is_whole = !ferror(file) && length <= MOST;
  fclose(file);
  return is_whole && !memchr(content, 0, length) ? (char *)utf8(content) : NULL;
}

static bool write_and_sync(int file, const char *content) {
  size_t length = strlen(content);
  bool is_written = write(file, content, length) == (ssize_t)length && fchmod(file, 0644) == 0 && fsync(file) == 0;
  return close(file) == 0 && is_written;
}

bool write_text(const letter *path, const char *content) {
  char *folder = folder_of(path), *beside = join(folder, "/.", path + strlen(folder) + 1, "-XXXXXX", NULL);
  int file = mkstemp(beside);
  if (file < 0) return false;
  if (!write_and_sync(file, content) || rename(beside, path) != 0) {
    unlink(beside);
    return false;
  }
  int names = open(folder, O_RDONLY | O_CLOEXEC); /* the new name is to survive a power failure too */
  if (names >= 0) {
    fsync(names);
    close(names);
  }
  return true;
}

static int held = -1;

/* A lock of the process, not of the open file: what the program forks does not hold it. */
bool lock(const letter *path) {
  struct flock all = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
  held = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0644);
  return held >= 0 && fcntl(held, F_SETLK, &all) == 0;
}

void trust(const letter *library, const letter *layers) { (void)library, (void)layers; }

/* ---- the process --------------------------------------------------------------------------------------------------- */

const letter *environment(const letter *name) {
  const char *value = getenv(name);
  return value && *value ? value : NULL;
}

void set_environment(const letter *name, const letter *value) { setenv(name, value, 1); }

/* RTLD_GLOBAL: on Linux, extension modules expect to find Python's functions without naming its library. */
void *load_library(const letter *path) { return dlopen(path, RTLD_NOW | RTLD_GLOBAL); }

const letter *load_problem(void) { return dlerror(); }

void *symbol(void *library, const char *name) { return dlsym(library, name); }

bool become(const letter *program, letter **arguments) {
  if (held >= 0) fcntl(held, F_SETFD, 0); /* or the lock would end here */
  execv(program, arguments);
  return false;
}

static bool run(char *const *command) {
  int status = 0;
  pid_t child = fork();
  if (child == 0) {
    int nowhere = open("/dev/null", O_WRONLY);
    dup2(nowhere, 2);
    execvp(command[0], command);
    _exit(127);
  }
  while (child > 0 && waitpid(child, &status, 0) < 0 && errno == EINTR) continue;
  return child > 0 && WIFEXITED(status) && WEXITSTATUS(status) != 127;
}

void tell(const letter *title, const letter *sentence) {
  fprintf(stderr, "%s: %s\n", title, sentence);
  if (environment("HIPFLASK_NO_DIALOG") || isatty(2)) return;
#ifdef __APPLE__
  run((char *[]){"osascript", "-e", "on run given", "-e",
                 "display alert (item 1 of given) message (item 2 of given) as critical", "-e", "end run",
                 (char *)title, (char *)sentence, NULL});
#else
  if (!environment("DISPLAY") && !environment("WAYLAND_DISPLAY")) return;
  char *of_zenity = join("--text=", sentence, NULL), *its_title = join("--title=", title, NULL);
  if (run((char *[]){"zenity", "--error", "--no-markup", its_title, of_zenity, NULL})) return;
  if (run((char *[]){"kdialog", "--title", (char *)title, "--error", (char *)sentence, NULL})) return;
  run((char *[]){"xmessage", "-center", "-title", (char *)title, (char *)sentence, NULL});
#endif
}
