/* What the launcher for Windows loads in the tests, in place of python313.dll and (with -DCONFIGURED) python314.dll.

   It writes what it was given into the file that STANDIN_SAYS names, a line for each thing, and ends as its last two
   arguments say: "exit 7", or "exit wait", which waits until it is killed. scripts/launchers.py compiles it, without a C
   library, which would be ten times its size. */

#define WIN32_LEAN_AND_MEAN
#include <windows.h>

#include <stdint.h>

#define API __declspec(dllexport)

BOOL WINAPI attach(HINSTANCE library, DWORD reason, void *reserved) {
  (void)library, (void)reason, (void)reserved;
  return TRUE;
}

/* The variables as the C library has them, which is where Python looks; not as the system does. */
static const wchar_t *variable(const wchar_t *name) {
  wchar_t *(*get)(const wchar_t *);
  *(FARPROC *)&get = GetProcAddress(GetModuleHandleW(L"ucrtbase.dll"), "_wgetenv");
  const wchar_t *value = get ? get(name) : NULL;
  return value ? value : L"(none)";
}

static void say(const char *key, const wchar_t *value) {
  static char text[4096];
  DWORD written;
  WideCharToMultiByte(CP_UTF8, 0, value, -1, text, sizeof text, NULL, NULL);
  HANDLE said = CreateFileW(variable(L"STANDIN_SAYS"), FILE_APPEND_DATA, FILE_SHARE_READ, NULL, OPEN_ALWAYS, 0, NULL);
  const char *parts[] = {key, "=", text, "\n"};
  for (int i = 0; i < 4; i++) WriteFile(said, parts[i], (DWORD)lstrlenA(parts[i]), &written, NULL);
  CloseHandle(said);
}

static int end(const wchar_t *how, const wchar_t *last) {
  say("bundle", variable(L"HIPFLASK_BUNDLE"));
  say("done", L"1");
  if (!lstrcmpW(last, L"wait")) Sleep(60000);
  return lstrcmpW(how, L"exit") ? 0 : *last - L'0';
}

#ifndef CONFIGURED

API void Py_SetPythonHome(const wchar_t *home) { say("home", home); }

API int Py_Main(int count, wchar_t **arguments) {
  for (int i = 0; i < count; i++) say("argument", arguments[i]);
  return end(arguments[count - 2], arguments[count - 1]);
}

#else

static wchar_t how[256], last[256];

static int take(const char *text, wchar_t *place, int most) {
  return MultiByteToWideChar(CP_UTF8, MB_ERR_INVALID_CHARS, text, -1, place, most);
}

API int PyInitConfig_SetStr(void *config, const char *name, const char *value) {
  static wchar_t text[4096];
  (void)config;
  if (!take(value, text, 4096)) return -1;
  say(name, text);
  return 0;
}

API int PyInitConfig_SetInt(void *config, const char *name, int64_t value) {
  char digit[] = {(char)('0' + value), 0};
  return PyInitConfig_SetStr(config, name, digit);
}

API int PyInitConfig_SetStrList(void *config, const char *name, size_t count, char *const *items) {
  for (size_t i = 0; i < count; i++)
    if (PyInitConfig_SetStr(config, lstrcmpA(name, "argv") ? name : "argument", items[i])) return -1;
  take(items[count - 2], how, 256);
  take(items[count - 1], last, 256);
  return 0;
}

API int PyInitConfig_GetError(void *config, const char **error) {
  *error = "the stand-in was asked to";
  return config != NULL;
}

API void *PyInitConfig_Create(void) { return how; }
API void PyInitConfig_Free(void *config) { (void)config; }
API int PyInitConfig_GetExitCode(void *config, int *code) { return (void)config, (void)code, 0; }
API int Py_InitializeFromInitConfig(void *config) { return !config || !lstrcmpW(last, L"fail") ? -1 : 0; }
API int Py_RunMain(void) { return end(how, last); }

#endif
