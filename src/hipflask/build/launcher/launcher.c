/* The program that people click: it finds out which release to start, loads its Python, and becomes that program.

   Started as `/opt/stock/stock list.csv`, with

       /opt/stock/current                     release=4b227777d4dd1fc6  previous=ef2d127de37b942b  state=new
       /opt/stock/releases/4b227777d4dd1fc6   library=lib/libpython3.14.so.1.0  runtime=9f86d081884c7d65…  …
       /opt/stock/layers/9f86d081884c7d65/    lib/libpython3.14.so.1.0, lib/python3.14/…

   it writes state=tried into `current`, holding the lock of `trying`; sets HIPFLASK_BUNDLE to that file in releases/,
   which is how Python's sitecustomize.py finds the other layers; loads libpython; and has it do what this would do:

       python3.14 -I -B -X utf8 -m hipflask.boot list.csv

   isolated from the user's own Python (-I), leaving the bundle as it is (-B), with UTF-8 on every system (-X utf8).

   When the first argument is an option with one dash, it is a Python interpreter instead, as `sys.executable` must be:
   multiprocessing starts `stock -c "from multiprocessing…"`, and that child runs the release of its parent.

   Anything wrong with the files is told in a sentence, and the exit code is 3. Nothing is believed about them: a file may
   have been damaged, or written by somebody else. */

#include <stdlib.h>
#include <string.h>

#include "python.h"
#include "system.h"

#define BUNDLE T("HIPFLASK_BUNDLE")
#define KEY 16   /* hexadecimal digits that name a release, or a layer's folder */
#define LAYER 64 /* hexadecimal digits that a layer is known by */

typedef struct { /* the file `current`; build/current.py has the same */
  char release[KEY + 1], previous[KEY + 1], refused[KEY + 1];
  char state[KEY + 1];
} Current;

typedef struct { /* what of a file in releases/ matters here; build/release.py has all of it */
  letter *file;
  letter *runtime;
  letter *library; /* NULL: this Python has none, and is a program */
  letter *splash;  /* NULL: no picture */
} Release;

static const letter *own, *root, *title;

static void fail(const letter *sentence) {
  tell(title, sentence);
  exit(COULD_NOT_START);
}

/* ---- lines of "key=value" ------------------------------------------------------------------------------------------ */

/* The value of `key`, or "" if no line has it; of two lines, the last, as Python's dict has it. */
static char *value_of(const char *lines, const char *key) {
  size_t wanted = strlen(key);
  char *value = memory(1);
  for (const char *line = lines; *line;) {
    size_t length = strcspn(line, "\r\n");
    if (length > wanted && !memcmp(line, key, wanted) && line[wanted] == '=') {
      size_t rest = length - wanted - 1;
      value = memory(rest + 1);
      memcpy(value, line + wanted + 1, rest);
    }
    line += length;
    line += strspn(line, "\r\n");
  }
  return value;
}

static bool is_hex(const char *text, size_t digits) {
  return strlen(text) == digits && strspn(text, "0123456789abcdef") == digits;
}

/* Whether a path of a release stays within its layer, on every system. */
static bool is_inside(const char *path) {
  for (const char *each = path; *each; each++)
    if (*each <= ' ' || *each > '~' || *each == '\\' || *each == ':') return false;
  return *path && *path != '/' && !strstr(path, "..");
}

/* ---- current and releases ------------------------------------------------------------------------------------------ */

static letter *in_root(const letter *name) { return join(root, SLASH, name, NULL); }

static Current read_current(void) {
  letter *file = in_root(T("current"));
  char *lines = read_text(file);
  Current current = {0};
  if (!lines)
    fail(join(T("This program is damaged: "), file, T(" cannot be read. Please install it again."), NULL));
  char *release = value_of(lines, "release"), *previous = value_of(lines, "previous");
  if (!is_hex(release, KEY))
    fail(join(T("This program is damaged: "), file, T(" names no release. Please install it again."), NULL));
  memcpy(current.release, release, KEY);
  if (is_hex(previous, KEY)) memcpy(current.previous, previous, KEY);
  strncat(current.state, value_of(lines, "state"), KEY);
  strncat(current.refused, value_of(lines, "refused"), KEY);
  return current;
}

/* Best effort: where nothing can be written, no update was ever installed either. */
static void write_current(const Current *current) {
  const char *parts[] = {"release=",  current->release, "\nprevious=", current->previous,
                         "\nstate=", current->state,   "\nrefused=",  current->refused, "\n"};
  char lines[256] = "";
  for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) strcat(lines, parts[i]);
  write_text(in_root(T("current")), lines);
}

/* The folder of a layer; NULL if the release names none, or it is not there. */
static letter *layer_of(const char *lines, const char *name) {
  char *id = value_of(lines, name);
  if (!is_hex(id, LAYER)) return NULL;
  id[KEY] = '\0';
  letter *folder = in_root(join(T("layers"), SLASH, letters(id), NULL));
  return is_folder(folder) ? folder : NULL;
}

static letter *file_in(const letter *layer, const char *path) {
  letter *file = join(layer, SLASH, letters(path), NULL);
#ifdef _WIN32
  for (letter *each = file; *each; each++)
    if (*each == L'/') *each = L'\\';
#endif
  return is_file(file) ? file : NULL;
}

/* Reads a release and looks whether all of it is there; if not, returns a sentence that says what is missing. */
static const letter *read_release(const char *key, Release *release) {
  static const char *names[] = {"runtime", "packages", "app"};
  if (!is_hex(key, KEY)) return T("there is no release to go back to");
  release->file = in_root(join(T("releases"), SLASH, letters(key), NULL));
  char *lines = read_text(release->file);
  if (!lines) return join(release->file, T(" cannot be read"), NULL);
  if (strcmp(value_of(lines, "hipflask"), "1"))
    return join(release->file, T(" is no release that this program knows"), NULL);
  for (size_t i = 0; i < sizeof names / sizeof *names; i++)
    if (!layer_of(lines, names[i]))
      return join(T("the layer '"), letters(names[i]), T("' of "), release->file, T(" is not there"), NULL);
  char *library = value_of(lines, "library"), *splash = value_of(lines, "splash");
  release->runtime = layer_of(lines, "runtime");
  release->library = is_inside(library) ? file_in(release->runtime, library) : NULL;
  release->splash = is_inside(splash) ? file_in(layer_of(lines, "app"), splash) : NULL;
  if (*library && !release->library)
    return join(T("the Python library that "), release->file, T(" names is not there"), NULL);
  return NULL;
}

/* ---- which release ------------------------------------------------------------------------------------------------- */

/* The one to start, with what that start does to `current`; see build/current.py.

   Only who holds the lock changes a release that is not healthy. Who does not get it starts beside somebody who does, or
   in a folder that may not be written, and just starts. */
static Release chosen(void) {
  Current current = read_current();
  bool has_lock = strcmp(current.state, "healthy") && lock(in_root(T("trying")));
  if (has_lock) current = read_current(); /* another start may have gone on between the two */

  Release release, previous;
  const letter *problem = read_release(current.release, &release);
  bool has_failed = has_lock && !strcmp(current.state, "tried");
  if (!problem && !has_failed) {
    if (has_lock && !strcmp(current.state, "new")) {
      strcpy(current.state, "tried");
      write_current(&current);
    }
    return release;
  }
  if (read_release(current.previous, &previous)) {
    if (problem) fail(join(T("This program is damaged: "), problem, T(". Please install it again."), NULL));
    return release; /* it did not become healthy, but there is no other */
  }
  /* What is merely damaged may be installed again; what was started and did not come up may not. */
  if (!problem) strcpy(current.refused, current.release);
  strcpy(current.release, current.previous);
  current.previous[0] = '\0';
  strcpy(current.state, "healthy");
  write_current(&current);
  return previous;
}

/* The one that a Python interpreter has: its parent's, else what `current` says. Nothing is changed. */
static Release inherited(void) {
  Release release;
  const letter *parents = environment(BUNDLE);
  letter *releases = in_root(join(T("releases"), SLASH, NULL));
  size_t length = length_of(releases);
  if (parents && is_same(parents, releases, length)) {
    const char *key = utf8(parents + length);
    if (key && !read_release(key, &release)) return release;
  }
  Current current = read_current();
  const letter *problem = read_release(current.release, &release);
  if (problem && read_release(current.previous, &release))
    fail(join(T("This program is damaged: "), problem, T(". Please install it again."), NULL));
  return release;
}

/* ---- from here on, Python ------------------------------------------------------------------------------------------ */

/* "-c" and "-m", but neither "--selftest" nor "-", nor the "-psn_…" that older Finders pass. */
static bool is_python_option(const letter *argument) {
  return argument[0] == '-' && argument[1] && argument[1] != '-' && !is_same(argument, T("-psn_"), 5);
}

/* Options are for who wants something else than to look at a window. */
static bool has_options(int count, letter **arguments) {
  for (int i = 1; i < count; i++)
    if (arguments[i][0] == '-') return true;
  return false;
}

int MAIN(int count, letter **arguments) {
  static letter *before[] = {T("-I"), T("-B"), T("-X"), T("utf8"), T("-m"), T("hipflask.boot")};
  own = own_file();
  title = own ? own : T("Hipflask");
  if (!own) fail(T("The system does not say where this program is."));
  root = root_of(own);

  bool is_python = count > 1 && is_python_option(arguments[1]);
  Release release = is_python ? inherited() : chosen();
  set_environment(BUNDLE, release.file);

  int first = 0, options = is_python ? 4 : 6;
  letter **all = memory(sizeof *all * (size_t)(count + options + 1));
  all[first++] = (letter *)own;
  for (int i = 0; i < options; i++) all[first++] = before[i];
  for (int i = 1; i < count; i++) all[first++] = arguments[i];

  if (!release.library) {
    letter *program = all[0] = join(release.runtime, SLASH, T("bin"), SLASH, T("python3"), NULL);
    become(program, all);
    fail(join(T("Python could not be started: "), program, T("."), NULL));
  }
  trust(release.library, in_root(T("layers")));
  if (release.splash && !is_python && !has_options(count, arguments)) show_splash(release.splash);
  void *library = load_library(release.library);
  if (!library) fail(join(T("Python could not be loaded: "), load_problem(), T("."), NULL));
  const letter *problem;
  int code = run_python(library, release.runtime, first, all, &problem);
  if (problem) fail(join(T("Python could not be started: "), problem, T("."), NULL));
  return code;
}
