// zlib, and the one of its macros that Swift cannot call.
#pragma once
#include <zlib.h>

// Unpacks gzip with the checks of its trailer.
static inline int vidmetrics_gunzip_begin(z_stream *stream) { return inflateInit2(stream, 16 + MAX_WBITS); }
