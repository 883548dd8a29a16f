/* What the launcher needs of the operating system: system_posix.c and system_windows.c have it, each in its own way. */
#ifndef HIPFLASK_SYSTEM_H
#define HIPFLASK_SYSTEM_H

#include <stdbool.h>
#include <stddef.h>
#include <wchar.h>

#ifdef _WIN32
typedef wchar_t letter; /* paths and arguments are UTF-16 on Windows, */
#define T(text) L##text
#define SLASH T("\\")
#define MAIN wmain
#else
typedef char letter; /* and whatever bytes they may be elsewhere */
#define T(text) text
#define SLASH T("/")
#define MAIN main
#endif

#define COULD_NOT_START 3 /* the exit code for everything that goes wrong before Python runs */

/* Texts. Nothing is ever freed: the launcher allocates a few kilobytes, once, and then it is Python. */
void *memory(size_t bytes);
letter *join(const letter *first, ...); /* all of them in a row, up to a NULL */
letter *letters(const char *ascii);
size_t length_of(const letter *text);
bool is_same(const letter *one, const letter *other, size_t most); /* up to `most` letters */
const char *utf8(const letter *text);                               /* NULL if it is not proper text */
wchar_t *wide(const letter *text);                                  /* as Python in UTF-8 mode would decode it */

/* Files. */
letter *own_file(void); /* this program's own, links followed; NULL if the system does not say */
letter *root_of(const letter *own_file);
bool is_folder(const letter *path);
bool is_file(const letter *path);
char *read_text(const letter *path);                     /* NULL: unreadable, over 64 KiB, or no text */
bool write_text(const letter *path, const char *content); /* in the place of what is there, all at once */
bool lock(const letter *path); /* make the file and hold it until this process ends; false if somebody else does */
void trust(const letter *library, const letter *layers); /* Windows: take the mark of the web off our own code */

/* The process. */
const letter *environment(const letter *name); /* NULL if it is not set, or empty */
void set_environment(const letter *name, const letter *value);
void *load_library(const letter *path);
const letter *load_problem(void); /* why the last load_library gave NULL */
void *symbol(void *library, const char *name);
bool become(const letter *program, letter **arguments); /* only returns, with false, if it cannot */
void tell(const letter *title, const letter *sentence); /* to stderr, and to somebody who has clicked */

/* A picture while Python loads; where there is one, the program calls hipflask_splash_done() to take it away. */
void show_splash(const letter *bmp);

#endif
