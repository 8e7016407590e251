// FFmpeg's libraries, and the few of their macros that Swift cannot call.
#pragma once
#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>
#include <libavutil/display.h>
#include <libavutil/error.h>
#include <libavutil/imgutils.h>
#include <libavutil/log.h>
#include <libavutil/mem.h>
#include <libavutil/opt.h>
#include <libavutil/pixdesc.h>
#include <libavutil/sha.h>
#include <libswscale/swscale.h>

static inline int vidmetrics_averror_eof(void) { return AVERROR_EOF; }
static inline int vidmetrics_averror_eagain(void) { return AVERROR(EAGAIN); }
