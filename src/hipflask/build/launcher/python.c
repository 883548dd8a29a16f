/* Two ways to start Python: a configuration object since 3.14 (PEP 741), two older functions before.

   The older ones exist in 3.14 too, and take what is no UTF-8: a file name in Latin-1, say, which the new ones refuse. */

#include "python.h"

#include <stdint.h>

typedef struct PyInitConfig PyInitConfig;

#define FIND(name) *(void **)&name = symbol(library, #name)

static int run_configured(void *library, const char *home, int count, char **arguments, const letter **problem) {
  PyInitConfig *(*PyInitConfig_Create)(void);
  int (*PyInitConfig_SetInt)(PyInitConfig *, const char *, int64_t);
  int (*PyInitConfig_SetStr)(PyInitConfig *, const char *, const char *);
  int (*PyInitConfig_SetStrList)(PyInitConfig *, const char *, size_t, char *const *);
  int (*PyInitConfig_GetExitCode)(PyInitConfig *, int *);
  int (*PyInitConfig_GetError)(PyInitConfig *, const char **);
  int (*Py_InitializeFromInitConfig)(PyInitConfig *);
  void (*PyInitConfig_Free)(PyInitConfig *);
  int (*Py_RunMain)(void);
  FIND(PyInitConfig_Create), FIND(PyInitConfig_SetInt), FIND(PyInitConfig_SetStr), FIND(PyInitConfig_SetStrList);
  FIND(PyInitConfig_GetExitCode), FIND(PyInitConfig_GetError), FIND(Py_InitializeFromInitConfig);
  FIND(PyInitConfig_Free), FIND(Py_RunMain);

  PyInitConfig *config = PyInitConfig_Create();
  /* It begins as an isolated embedded Python. What makes it a program of its own: Ctrl+C, streams, locale, arguments. */
  bool is_ready = config && PyInitConfig_SetInt(config, "utf8_mode", 1) == 0 &&
                  PyInitConfig_SetInt(config, "configure_locale", 1) == 0 &&
                  PyInitConfig_SetInt(config, "configure_c_stdio", 1) == 0 &&
                  PyInitConfig_SetInt(config, "install_signal_handlers", 1) == 0 &&
                  PyInitConfig_SetInt(config, "parse_argv", 1) == 0 &&
                  PyInitConfig_SetStr(config, "home", home) == 0 &&
                  PyInitConfig_SetStr(config, "executable", arguments[0]) == 0 &&
                  PyInitConfig_SetStrList(config, "argv", (size_t)count, arguments) == 0 &&
                  Py_InitializeFromInitConfig(config) == 0;
  int code = COULD_NOT_START;
  const char *error = NULL;
  if (!config)
    *problem = T("there is no memory");
  else if (!is_ready && !PyInitConfig_GetExitCode(config, &code)) /* it has one after "-h" and the like */
    *problem = PyInitConfig_GetError(config, &error) ? letters(error) : T("it does not say why");
  if (config) PyInitConfig_Free(config);
  return is_ready ? Py_RunMain() : code;
}

#ifdef _WIN32
#define PY_MAIN "Py_Main" /* takes wchar_t */
#else
#define PY_MAIN "Py_BytesMain"
#endif

static int run_by_names(void *library, const letter *home, int count, letter **arguments, const letter **problem) {
  void (*Py_SetPythonHome)(const wchar_t *);
  int (*Py_Main)(int, letter **);
  FIND(Py_SetPythonHome);
  *(void **)&Py_Main = symbol(library, PY_MAIN);
  if (!Py_SetPythonHome || !Py_Main) {
    *problem = T("its library is no Python's");
    return COULD_NOT_START;
  }
  Py_SetPythonHome(wide(home));
  return Py_Main(count, arguments);
}

int run_python(void *library, const letter *home, int count, letter **arguments, const letter **problem) {
  const char *text = utf8(home);
  const char **texts = memory(sizeof *texts * (size_t)(count + 1));
  *problem = NULL;
  for (int i = 0; i < count && text; i++)
    if (!(texts[i] = utf8(arguments[i]))) text = NULL;
  if (text && symbol(library, "PyInitConfig_Create"))
    return run_configured(library, text, count, (char **)texts, problem);
  return run_by_names(library, home, count, arguments, problem);
}
