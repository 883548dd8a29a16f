/* Windows: everything in UTF-16, so that any folder and any file name will do. */

#define WIN32_LEAN_AND_MEAN

#include "system.h"

#include <windows.h>

#include <stdarg.h>
#include <stdlib.h>

#define LONGEST 32768 /* letters of a path, with its end */
#define MOST 65536    /* bytes of a text file; they have a few hundred */

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
  for (const letter *part = first; part; part = va_arg(parts, const letter *)) length += wcslen(part);
  va_end(parts);
  letter *all = memory(length * sizeof *all);
  va_start(parts, first);
  for (const letter *part = first; part; part = va_arg(parts, const letter *)) wcscat(all, part);
  va_end(parts);
  return all;
}

letter *letters(const char *ascii) {
  size_t length = strlen(ascii) + 1;
  letter *result = memory(length * sizeof *result);
  for (size_t i = 0; i < length; i++) result[i] = (unsigned char)ascii[i];
  return result;
}

size_t length_of(const letter *text) { return wcslen(text); }

bool is_same(const letter *one, const letter *other, size_t most) { return !wcsncmp(one, other, most); }

const char *utf8(const letter *text) {
  int bytes = WideCharToMultiByte(CP_UTF8, WC_ERR_INVALID_CHARS, text, -1, NULL, 0, NULL, NULL);
  if (!bytes) return NULL;
  char *result = memory((size_t)bytes);
  WideCharToMultiByte(CP_UTF8, 0, text, -1, result, bytes, NULL, NULL);
  return result;
}

static bool is_utf8(const char *bytes) {
  return MultiByteToWideChar(CP_UTF8, MB_ERR_INVALID_CHARS, bytes, -1, NULL, 0) > 0;
}

wchar_t *wide(const letter *text) { return join(text, NULL); }

/* ---- files --------------------------------------------------------------------------------------------------------- */

letter *own_file(void) {
  letter *found = memory(LONGEST * sizeof *found);
  DWORD length = GetModuleFileNameW(NULL, found, LONGEST);
  return length && length < LONGEST ? found : NULL;
}

static letter *folder_of(const letter *path) {
  letter *folder = join(path, NULL);
  *wcsrchr(folder, L'\\') = L'\0';
  return folder;
}

letter *root_of(const letter *file) { return folder_of(file); }

static bool has_kind(const letter *path, bool is_folder) {
  DWORD found = GetFileAttributesW(path);
  return found != INVALID_FILE_ATTRIBUTES && !(found & FILE_ATTRIBUTE_DIRECTORY) == !is_folder;
}

bool is_folder(const letter *path) { return has_kind(path, true); }

bool is_file(const letter *path) { return has_kind(path, false); }

char *read_text(const letter *path) {
  /* An update may put another file in its place meanwhile: sharing everything lets it. */
  HANDLE file = CreateFileW(path, GENERIC_READ, FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE, NULL,
                            OPEN_EXISTING, FILE_ATTRIBUTE_NORMAL, NULL);
  if (file == INVALID_HANDLE_VALUE) return NULL;
  char *content = memory(MOST + 1);
  DWORD length = 0;
  bool is_whole = ReadFile(file, content, MOST + 1, &length, NULL) && length <= MOST;
  CloseHandle(file);
  return is_whole && !memchr(content, 0, length) && is_utf8(content) ? content : NULL;
}

bool write_text(const letter *path, const char *content) {
  letter process[16];
  _ultow(GetCurrentProcessId(), process, 10);
  letter *folder = folder_of(path), *beside = join(folder, L"\\.", path + wcslen(folder) + 1, L"-", process, NULL);
  HANDLE file = CreateFileW(beside, GENERIC_WRITE, 0, NULL, CREATE_ALWAYS, FILE_ATTRIBUTE_NORMAL, NULL);
  if (file == INVALID_HANDLE_VALUE) return false;
  DWORD length = (DWORD)strlen(content), written = 0;
  bool is_written = WriteFile(file, content, length, &written, NULL) && written == length && FlushFileBuffers(file);
  is_written = CloseHandle(file) && is_written;
  is_written = is_written && MoveFileExW(beside, path, MOVEFILE_REPLACE_EXISTING | MOVEFILE_WRITE_THROUGH);
  if (!is_written) DeleteFileW(beside);
  return is_written;
}

/* A file that nobody else can open is a lock that ends with the process, however that ends. */
bool lock(const letter *path) {
  HANDLE held = CreateFileW(path, GENERIC_READ | GENERIC_WRITE, 0, NULL, OPEN_ALWAYS, FILE_ATTRIBUTE_NORMAL, NULL);
  return held != INVALID_HANDLE_VALUE;
}

static letter *mark_of(const letter *file) { return join(file, L":Zone.Identifier", NULL); }

static bool is_code(const letter *name) {
  const letter *end = wcsrchr(name, L'.');
  return end && (!_wcsicmp(end, L".dll") || !_wcsicmp(end, L".pyd") || !_wcsicmp(end, L".exe"));
}

static void unmark(const letter *folder, int depth) {
  WIN32_FIND_DATAW found;
  HANDLE search = FindFirstFileW(join(folder, L"\\*", NULL), &found);
  if (search == INVALID_HANDLE_VALUE) return;
  do {
    letter *path = join(folder, SLASH, found.cFileName, NULL);
    bool is_folder = found.dwFileAttributes & FILE_ATTRIBUTE_DIRECTORY;
    if (is_folder && found.cFileName[0] != L'.' && depth < 32) unmark(path, depth + 1);
    if (!is_folder && is_code(found.cFileName)) DeleteFileW(mark_of(path));
  } while (FindNextFileW(search, &found));
  FindClose(search);
}

/* Explorer marks all that it takes out of a downloaded zip, and .NET loads no library that bears the mark. Whoever runs
   this launcher has trusted the rest. The library's own mark goes last: while it is there, the work is not done. */
void trust(const letter *library, const letter *layers) {
  if (!is_file(mark_of(library))) return;
  letter *aside = mark_of(library);
  unmark(layers, 0);
  DeleteFileW(aside);
}

/* ---- the process --------------------------------------------------------------------------------------------------- */

const letter *environment(const letter *name) {
  const letter *value = _wgetenv(name);
  return value && *value ? value : NULL;
}

/* The C library's copy, which it passes on to the system: Python has the same library, and reads the copy. */
void set_environment(const letter *name, const letter *value) { _wputenv_s(name, value); }

static DWORD problem;

void *load_library(const letter *path) {
  HMODULE library = LoadLibraryExW(path, NULL, LOAD_LIBRARY_SEARCH_DLL_LOAD_DIR | LOAD_LIBRARY_SEARCH_DEFAULT_DIRS);
  problem = GetLastError();
  return (void *)library;
}

const letter *load_problem(void) {
  letter *sentence = memory(512 * sizeof *sentence), number[16];
  _ultow(problem, number, 10);
  DWORD length = FormatMessageW(FORMAT_MESSAGE_FROM_SYSTEM | FORMAT_MESSAGE_IGNORE_INSERTS, NULL, problem, 0, sentence, 500, NULL);
  while (length && wcschr(L"\r\n. ", sentence[length - 1])) sentence[--length] = L'\0';
  return length ? sentence : join(L"error ", number, NULL);
}

void *symbol(void *library, const char *name) { return (void *)GetProcAddress((HMODULE)library, name); }

bool become(const letter *program, letter **arguments) {
  (void)program, (void)arguments; /* a Python without its DLL does not exist here */
  return false;
}

/* Whether somebody could see a message: not where a service or a test runs. */
static bool is_seen(void) {
  USEROBJECTFLAGS flags = {0};
  HWINSTA station = GetProcessWindowStation();
  bool is_known = GetUserObjectInformationW(station, UOI_FLAGS, &flags, sizeof flags, NULL);
  return !environment(L"HIPFLASK_NO_DIALOG") && is_known && flags.dwFlags & WSF_VISIBLE;
}

void tell(const letter *title, const letter *sentence) {
  letter *line = join(title, L": ", sentence, L"\r\n", NULL);
  const char *bytes = utf8(line);
  DWORD written;
  if (bytes) WriteFile(GetStdHandle(STD_ERROR_HANDLE), bytes, (DWORD)strlen(bytes), &written, NULL);
  const letter *name = wcsrchr(title, L'\\');
  if (is_seen()) MessageBoxW(NULL, sentence, name ? name + 1 : title, MB_OK | MB_ICONERROR | MB_SETFOREGROUND);
}
