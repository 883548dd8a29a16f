/* The splash on Linux: a small process with a window of its own, gone when a pipe says so or 20 seconds are over.

   A process, because Python will be this one and its toolkits want X11 for themselves; and libX11 by name, because a
   launcher that needed it would not start on a computer without. */

#include "system.h"

#include <dlfcn.h>
#include <fcntl.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#define MOST_BYTES (16 << 20)
#define MOST_MILLISECONDS 20000

typedef struct { /* 24 bits, as a BMP has them, and 32, as an X server wants them */
  int width, height;
  char *pixels;
} Picture;

static int32_t number_at(const unsigned char *bytes) {
  return (int32_t)(bytes[0] | bytes[1] << 8 | bytes[2] << 16 | (uint32_t)bytes[3] << 24);
}

static bool read_bmp(const char *path, Picture *picture) {
  unsigned char *bytes = memory(MOST_BYTES);
  FILE *file = fopen(path, "rbe");
  if (!file) return false;
  size_t size = fread(bytes, 1, MOST_BYTES, file);
  fclose(file);
  if (size < 54 || bytes[0] != 'B' || bytes[1] != 'M' || bytes[28] != 24 || number_at(bytes + 30)) return false;
  int64_t start = number_at(bytes + 10), width = number_at(bytes + 18), height = number_at(bytes + 22);
  int64_t row = (width * 3 + 3) / 4 * 4;
  if (width < 1 || height < 1 || width > 4000 || height > 4000 || start < 54) return false;
  if (start + row * height > (int64_t)size) return false;
  *picture = (Picture){(int)width, (int)height, memory((size_t)(width * height * 4))};
  for (int64_t y = 0; y < height; y++) /* a BMP begins at the bottom */
    for (int64_t x = 0; x < width; x++)
      for (int64_t colour = 0; colour < 3; colour++)
        picture->pixels[(y * width + x) * 4 + colour] = (char)bytes[start + (height - 1 - y) * row + x * 3 + colour];
  return true;
}

#define FIND(name) if (!(*(void **)&name = dlsym(library, #name))) return

/* Puts the picture up. As the window's background it is the X server's to paint, so no events need to be answered. */
static void show(Picture picture) {
  void *(*XOpenDisplay)(const char *), *(*XDefaultVisual)(void *, int);
  void *(*XCreateImage)(void *, void *, unsigned, int, int, char *, unsigned, unsigned, int, int), *(*XDefaultGC)(void *, int);
  int (*XDefaultScreen)(void *), (*XDefaultDepth)(void *, int), (*XDisplayWidth)(void *, int), (*XDisplayHeight)(void *, int);
  unsigned long (*XDefaultRootWindow)(void *), (*XInternAtom)(void *, const char *, int);
  unsigned long (*XCreatePixmap)(void *, unsigned long, unsigned, unsigned, unsigned);
  unsigned long (*XCreateSimpleWindow)(void *, unsigned long, int, int, unsigned, unsigned, unsigned, unsigned long, unsigned long);
  int (*XPutImage)(void *, unsigned long, void *, void *, int, int, int, int, unsigned, unsigned);
  int (*XSetWindowBackgroundPixmap)(void *, unsigned long, unsigned long);
  int (*XChangeProperty)(void *, unsigned long, unsigned long, unsigned long, int, int, const unsigned char *, int);
  int (*XMapRaised)(void *, unsigned long), (*XSync)(void *, int);
  void *library = dlopen("libX11.so.6", RTLD_NOW | RTLD_LOCAL);
  if (!library) return;
  FIND(XOpenDisplay); FIND(XDefaultVisual); FIND(XCreateImage); FIND(XDefaultGC); FIND(XDefaultScreen);
  FIND(XDefaultDepth); FIND(XDisplayWidth); FIND(XDisplayHeight); FIND(XDefaultRootWindow); FIND(XInternAtom);
  FIND(XCreatePixmap); FIND(XCreateSimpleWindow); FIND(XPutImage); FIND(XSetWindowBackgroundPixmap);
  FIND(XChangeProperty); FIND(XMapRaised); FIND(XSync);

  void *display = XOpenDisplay(NULL);
  if (!display) return;
  int screen = XDefaultScreen(display), depth = XDefaultDepth(display, screen);
  if (depth != 24 && depth != 32) return;
  unsigned width = (unsigned)picture.width, height = (unsigned)picture.height;
  unsigned long root = XDefaultRootWindow(display);
  void *image = XCreateImage(display, XDefaultVisual(display, screen), (unsigned)depth, 2 /* ZPixmap */, 0,
                             picture.pixels, width, height, 32, 0);
  if (!image) return;
  unsigned long pixmap = XCreatePixmap(display, root, width, height, (unsigned)depth);
  XPutImage(display, pixmap, XDefaultGC(display, screen), image, 0, 0, 0, 0, width, height);
  unsigned long window = XCreateSimpleWindow(display, root, (XDisplayWidth(display, screen) - picture.width) / 2,
                                             (XDisplayHeight(display, screen) - picture.height) / 2, width, height, 0, 0, 0);
  XSetWindowBackgroundPixmap(display, window, pixmap);
  /* A window manager draws no frame around one of this kind, and puts it in the middle. */
  unsigned long kind = XInternAtom(display, "_NET_WM_WINDOW_TYPE_SPLASH", 0);
  XChangeProperty(display, window, XInternAtom(display, "_NET_WM_WINDOW_TYPE", 0), 4 /* ATOM */, 32, 0,
                  (unsigned char *)&kind, 1);
  XMapRaised(display, window);
  XSync(display, 0);
}

static int end = -1; /* of the pipe: what is written into it, or its closing, ends the splash */

__attribute__((visibility("default"))) void hipflask_splash_done(void) {
  if (end >= 0) {
    (void)!write(end, "", 1); /* closing alone is not enough where the program has forked */
    close(end);
  }
  end = -1;
}

void show_splash(const letter *bmp) {
  int ends[2];
  if (!environment("DISPLAY") || pipe(ends)) return;
  pid_t child = fork();
  if (child == 0) {
    if (fork()) _exit(0); /* the splash is nobody's child, so that nobody has to wait for it */
    Picture picture;
    struct pollfd other = {ends[0], POLLIN, 0};
    close(ends[1]);
    if (read_bmp(bmp, &picture)) {
      show(picture);
      poll(&other, 1, MOST_MILLISECONDS);
    }
    _exit(0);
  }
  if (child > 0) waitpid(child, NULL, 0);
  close(ends[0]);
  fcntl(ends[1], F_SETFD, FD_CLOEXEC);
  end = ends[1];
}
