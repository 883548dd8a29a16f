/* The splash on Windows: a borderless window on a thread of its own, gone when an event says so or 20 seconds are over. */

#define WIN32_LEAN_AND_MEAN

#include "system.h"

#include <windows.h>

#define MOST_MILLISECONDS 20000

static HANDLE done;

__declspec(dllexport) void hipflask_splash_done(void) {
  if (done) SetEvent(done);
}

/* The picture, as large as its owner has set the system to show things; NULL if it is none. */
static HBITMAP picture_of(const letter *bmp, BITMAP *shown) {
  HBITMAP plain = LoadImageW(NULL, bmp, IMAGE_BITMAP, 0, 0, LR_LOADFROMFILE);
  if (!plain || !GetObjectW(plain, sizeof *shown, shown)) return NULL;
  HDC screen = GetDC(NULL);
  int dots = GetDeviceCaps(screen, LOGPIXELSX);
  ReleaseDC(NULL, screen);
  shown->bmWidth = MulDiv(shown->bmWidth, dots, 96);
  shown->bmHeight = MulDiv(shown->bmHeight, dots, 96);
  return CopyImage(plain, IMAGE_BITMAP, shown->bmWidth, shown->bmHeight, LR_COPYDELETEORG);
}

static DWORD WINAPI show(void *bmp) {
  BITMAP shown;
  HBITMAP picture = picture_of(bmp, &shown);
  if (!picture) return 0;
  int x = (GetSystemMetrics(SM_CXSCREEN) - shown.bmWidth) / 2, y = (GetSystemMetrics(SM_CYSCREEN) - shown.bmHeight) / 2;
  /* No focus for it, and no place in the task bar: those are for the window to come. */
  HWND window = CreateWindowExW(WS_EX_TOPMOST | WS_EX_TOOLWINDOW | WS_EX_NOACTIVATE, L"STATIC", NULL, WS_POPUP | SS_BITMAP,
                                x, y, shown.bmWidth, shown.bmHeight, NULL, NULL, NULL, NULL);
  if (!window) return 0;
  SendMessageW(window, STM_SETIMAGE, IMAGE_BITMAP, (LPARAM)picture);
  ShowWindow(window, SW_SHOWNOACTIVATE);
  UpdateWindow(window);
  ULONGLONG last = GetTickCount64() + MOST_MILLISECONDS;
  for (ULONGLONG now = 0; (now = GetTickCount64()) < last;) {
    MSG message;
    if (MsgWaitForMultipleObjects(1, &done, FALSE, (DWORD)(last - now), QS_ALLINPUT) == WAIT_OBJECT_0) break;
    while (PeekMessageW(&message, NULL, 0, 0, PM_REMOVE)) DispatchMessageW(&message);
  }
  DestroyWindow(window);
  return 0;
}

void show_splash(const letter *bmp) {
  done = CreateEventW(NULL, TRUE, FALSE, NULL);
  if (done) CloseHandle(CreateThread(NULL, 0, show, (void *)bmp, 0, NULL));
}
