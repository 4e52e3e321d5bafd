#include "CJPEG.h"
void fd_jpeg_placeholder(void) {}
