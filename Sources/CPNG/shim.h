// libpng's normal API behind functions that return. Its errors leave by longjmp, which Swift cannot follow: setjmp stays
// here, and no frame of Swift lies between the two.
#pragma once
#include <png.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#define VIDMETRICS_PNG static __attribute__((noinline, unused))

// Copies up to `count` bytes to `target` and returns how many there were.
typedef size_t (*vidmetrics_png_source)(void *opaque, uint8_t *target, size_t count);
// Returns 0 where it cannot take the bytes.
typedef int (*vidmetrics_png_sink)(void *opaque, const uint8_t *bytes, size_t count);

typedef struct {
  png_structp png;
  png_infop info;
  void *opaque;
  vidmetrics_png_source source;
  vidmetrics_png_sink sink;
  // Of the picture. 4 channels where it has alpha or a transparent colour, else 3.
  uint32_t width, height;
  int channels;
  // Frames of an animation, as `acTL` has them; 0 for a picture that stands still.
  uint32_t animation;
  // The source ended before the picture did.
  int ended;
  // libpng's words for what is wrong.
  char message[128];
} vidmetrics_png;

VIDMETRICS_PNG void vidmetrics_png_fail(png_structp png, png_const_charp words) {
  vidmetrics_png *self = png_get_error_ptr(png);
  snprintf(self->message, sizeof self->message, "%s", words);
  png_longjmp(png, 1);
}

VIDMETRICS_PNG void vidmetrics_png_ignore(png_structp png, png_const_charp words) {}

VIDMETRICS_PNG void vidmetrics_png_take(png_structp png, png_bytep target, size_t count) {
  vidmetrics_png *self = png_get_io_ptr(png);
  if (self->source(self->opaque, target, count) == count) return;
  self->ended = 1;
  png_error(png, "Read Error");
}

VIDMETRICS_PNG void vidmetrics_png_give(png_structp png, png_bytep bytes, size_t count) {
  vidmetrics_png *self = png_get_io_ptr(png);
  if (!self->sink(self->opaque, bytes, count)) png_error(png, "Write Error");
}

VIDMETRICS_PNG void vidmetrics_png_flush(png_structp png) {}

// The animation chunk, where libpng does not know it by itself.
VIDMETRICS_PNG int vidmetrics_png_chunk(png_structp png, png_unknown_chunkp chunk) {
  vidmetrics_png *self = png_get_user_chunk_ptr(png);
  if (memcmp(chunk->name, "acTL", 4) != 0) return 0;
  if (chunk->size < 8) png_chunk_error(png, "invalid");
  self->animation = png_get_uint_32(chunk->data);
  return 1;
}

// Reads all that stands before the pixels. `source` and `opaque` are set; the rest is zero. Returns 0 with a message.
VIDMETRICS_PNG int vidmetrics_png_open(vidmetrics_png *self, uint32_t limit) {
  self->png = png_create_read_struct(PNG_LIBPNG_VER_STRING, self, vidmetrics_png_fail, vidmetrics_png_ignore);
  self->info = self->png ? png_create_info_struct(self->png) : NULL;
  if (!self->info) {
    snprintf(self->message, sizeof self->message, "out of memory");
    return 0;
  }
  if (setjmp(png_jmpbuf(self->png))) return 0;
  png_set_read_fn(self->png, self, vidmetrics_png_take);
  png_set_user_limits(self->png, limit, limit);
  png_set_crc_action(self->png, PNG_CRC_ERROR_QUIT, PNG_CRC_ERROR_QUIT);
#ifndef PNG_APNG_SUPPORTED
  png_set_keep_unknown_chunks(self->png, PNG_HANDLE_CHUNK_ALWAYS, (png_const_bytep) "acTL", 1);
  png_set_read_user_chunk_fn(self->png, self, vidmetrics_png_chunk);
#endif
  png_read_info(self->png, self->info);
#ifdef PNG_APNG_SUPPORTED
  if (png_get_valid(self->png, self->info, PNG_INFO_acTL)) self->animation = png_get_num_frames(self->png, self->info);
#endif
  self->width = png_get_image_width(self->png, self->info);
  self->height = png_get_image_height(self->png, self->info);
  const int colour = png_get_color_type(self->png, self->info);
  const int transparent = png_get_valid(self->png, self->info, PNG_INFO_tRNS) != 0;
  self->channels = (colour & PNG_COLOR_MASK_ALPHA) || transparent ? 4 : 3;
  return 1;
}

// The pixels, rows of `width * channels` bytes from above: palettes are looked up, grey is spread to 0...255 and
// repeated, 16 bits keep the high byte, gamma is left alone. Reads to the end of the file. Returns 0 with a message.
VIDMETRICS_PNG int vidmetrics_png_pixels(vidmetrics_png *self, uint8_t *pixels) {
  if (setjmp(png_jmpbuf(self->png))) return 0;
  png_set_strip_16(self->png);
  png_set_expand(self->png);
  png_set_gray_to_rgb(self->png);
  const int passes = png_set_interlace_handling(self->png);
  png_read_update_info(self->png, self->info);
  const size_t row = (size_t)self->width * (size_t)self->channels;
  if (png_get_rowbytes(self->png, self->info) != row) png_error(self->png, "unexpected row size");
  for (int pass = 0; pass < passes; pass++)
    for (uint32_t y = 0; y < self->height; y++) png_read_row(self->png, pixels + y * row, NULL);
  png_read_end(self->png, NULL);
  return 1;
}

VIDMETRICS_PNG void vidmetrics_png_close(vidmetrics_png *self) {
  png_destroy_read_struct(&self->png, &self->info, NULL);
}

// Writes rows of `width * 3` bytes, 8 bits a channel. `sink`, `opaque`, `width` and `height` are set; the rest is zero.
// Returns 0 with a message.
VIDMETRICS_PNG int vidmetrics_png_write(vidmetrics_png *self, const uint8_t *pixels) {
  self->png = png_create_write_struct(PNG_LIBPNG_VER_STRING, self, vidmetrics_png_fail, vidmetrics_png_ignore);
  self->info = self->png ? png_create_info_struct(self->png) : NULL;
  int done = 0;
  if (!self->info) {
    snprintf(self->message, sizeof self->message, "out of memory");
  } else if (!setjmp(png_jmpbuf(self->png))) {
    png_set_write_fn(self->png, self, vidmetrics_png_give, vidmetrics_png_flush);
    png_set_IHDR(self->png, self->info, self->width, self->height, 8, PNG_COLOR_TYPE_RGB, PNG_INTERLACE_NONE,
                 PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
    png_write_info(self->png, self->info);
    for (uint32_t y = 0; y < self->height; y++) png_write_row(self->png, pixels + (size_t)y * self->width * 3);
    png_write_end(self->png, NULL);
    done = 1;
  }
  png_destroy_write_struct(&self->png, &self->info);
  return done;
}
