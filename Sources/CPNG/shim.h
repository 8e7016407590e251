// libpng's simplified API (png_image_*), which needs no setjmp.
#pragma once
#include <png.h>
