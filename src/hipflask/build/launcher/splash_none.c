/* macOS: only the main thread may open windows there, and it is busy becoming Python; the Dock shows a jumping icon. */

#include "system.h"

void show_splash(const letter *bmp) { (void)bmp; }
