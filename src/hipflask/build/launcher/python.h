/* Python, as the launcher knows it: by the names of a few functions in its library, without its headers. */
#ifndef HIPFLASK_PYTHON_H
#define HIPFLASK_PYTHON_H

#include "system.h"

/* Runs the interpreter at `home` as a command line would; returns its exit code, or a problem that kept it from starting. */
int run_python(void *library, const letter *home, int count, letter **arguments, const letter **problem);

#endif
