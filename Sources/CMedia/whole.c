// Pictures through the libraries of their own formats, which know no limit of size below that of memory.
#include "cmedia.h"

#include <limits.h>
#include <png.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <tiffio.h>
#include <turbojpeg.h>

static int fail(char *error, const char *message) {
  snprintf(error, CMEDIA_ERROR_SIZE, "%s", message);
  return -1;
}

static const char *damaged = "the data are damaged or cut short";

// PNG: libpng's simple face turns every kind of PNG into 8 bits.

static int png_whole(const uint8_t *bytes, size_t count, cmedia_extent *extent, int channels, uint8_t *out,
                     char *error) {
  png_image image = {.version = PNG_IMAGE_VERSION};
  if (!png_image_begin_read_from_memory(&image, bytes, count)) return fail(error, damaged);
  extent->width = image.width;
  extent->height = image.height;
  extent->channels = image.format & PNG_FORMAT_FLAG_COLOR ? 3 : 1;
  int done = 1;
  if (out != NULL) {
    image.format = channels == 1 ? PNG_FORMAT_GRAY : PNG_FORMAT_RGB;
    // What is transparent is laid onto what the pixels are before, which is black.
    done = png_image_finish_read(&image, NULL, out, 0, NULL) && !PNG_IMAGE_FAILED(image);
  }
  png_image_free(&image);
  return done ? 0 : fail(error, damaged);
}

// JPEG.

static int jpeg_whole(const uint8_t *bytes, size_t count, cmedia_extent *extent, int channels, uint8_t *out,
                      char *error) {
  tjhandle reader = tjInitDecompress();
  if (reader == NULL) return fail(error, "no memory");
  int sampling, colours;
  int failed = tjDecompressHeader3(reader, bytes, count, &extent->width, &extent->height, &sampling, &colours);
  if (!failed) {
    extent->channels = colours == TJCS_GRAY ? 1 : 3;
    failed = out != NULL && tjDecompress2(reader, bytes, count, out, extent->width, 0, extent->height,
                                          channels == 1 ? TJPF_GRAY : TJPF_RGB, TJFLAG_STOPONWARNING);
  }
  if (failed) {
    const int is_foreign = strstr(tjGetErrorStr2(reader), "color conversion") != NULL;
    fail(error, is_foreign ? "found a JPEG of four colours of this size; expected grey, or red, green and blue" : damaged);
  }
  tjDestroy(reader);
  return failed ? -1 : 0;
}

// TIFF. What it is read from is in memory.

struct place {
  const uint8_t *bytes;
  size_t count, position;
};

static tmsize_t tiff_read(thandle_t handle, void *out, tmsize_t size) {
  struct place *place = handle;
  if (place->position >= place->count || size <= 0) return 0;
  size_t given = place->count - place->position;
  if (given > (size_t)size) given = size;
  memcpy(out, place->bytes + place->position, given);
  place->position += given;
  return given;
}

static tmsize_t tiff_write(thandle_t handle, void *in, tmsize_t size) { return 0; }

static toff_t tiff_seek(thandle_t handle, toff_t offset, int whence) {
  struct place *place = handle;
  if (whence == SEEK_CUR) offset += place->position;
  if (whence == SEEK_END) offset += place->count;
  place->position = offset;
  return offset;
}

static int tiff_close(thandle_t handle) { return 0; }
static toff_t tiff_size(thandle_t handle) { return ((struct place *)handle)->count; }

static int tiff_map(thandle_t handle, void **base, toff_t *size) {
  struct place *place = handle;
  *base = (void *)place->bytes;
  *size = place->count;
  return 1;
}

static void tiff_unmap(thandle_t handle, void *base, toff_t size) {}

// Keeps what the library says first; what it only wonders at is none of ours.
static int tiff_error(TIFF *tiff, void *text, const char *module, const char *format, va_list arguments) {
  if (*(char *)text == 0) vsnprintf(text, CMEDIA_ERROR_SIZE, format, arguments);
  return 1;
}

static int tiff_warning(TIFF *tiff, void *text, const char *module, const char *format, va_list arguments) { return 1; }

struct kind {
  uint32_t width, height;
  uint16_t samples, bits, format, photometric, planar, compression, orientation;
};

// Whether samples are given as they are stored, rather than made red, green and blue by the library.
static int is_plain(const struct kind *kind) {
  return kind->bits == 8 && kind->format == SAMPLEFORMAT_UINT && kind->photometric != PHOTOMETRIC_SEPARATED &&
         kind->photometric != PHOTOMETRIC_CIELAB &&
         (kind->photometric != PHOTOMETRIC_YCBCR || kind->compression == COMPRESSION_JPEG);
}

// Copies samples of `planes` neighbours to where `all` lie beside each other.
static void spread(const uint8_t *from, size_t pixels, int planes, int all, uint8_t *to) {
  if (planes == all) {
    memcpy(to, from, pixels * all);
    return;
  }
  for (size_t pixel = 0; pixel < pixels; ++pixel) to[pixel * all] = from[pixel];
}

static int tiff_plain(TIFF *tiff, const struct kind *kind, uint8_t *out) {
  const int is_apart = kind->planar == PLANARCONFIG_SEPARATE && kind->samples > 1;
  const int planes = is_apart ? 1 : kind->samples, rounds = is_apart ? kind->samples : 1;
  const size_t width = kind->width, all = kind->samples;
  const int is_tiled = TIFFIsTiled(tiff);
  uint32_t side = 0, rise = 1;
  if (is_tiled && (!TIFFGetField(tiff, TIFFTAG_TILEWIDTH, &side) || !TIFFGetField(tiff, TIFFTAG_TILELENGTH, &rise)))
    return 0;
  const tmsize_t needed = is_tiled ? (tmsize_t)side * rise * planes : (tmsize_t)width * planes;
  const tmsize_t size = is_tiled ? TIFFTileSize(tiff) : TIFFScanlineSize(tiff);
  if (size < needed || side > INT_MAX / 2 || rise == 0) return 0;
  uint8_t *buffer = malloc(size);
  int done = buffer != NULL;
  for (int round = 0; done && round < rounds; ++round) {
    for (uint32_t row = 0; done && row < kind->height; row += rise) {
      if (!is_tiled) {
        done = TIFFReadScanline(tiff, buffer, row, round) == 1;
        if (done) spread(buffer, width, planes, all, out + row * width * all + round);
        continue;
      }
      const uint32_t rows = kind->height - row < rise ? kind->height - row : rise;
      for (uint32_t column = 0; done && column < kind->width; column += side) {
        const uint32_t columns = kind->width - column < side ? kind->width - column : side;
        done = TIFFReadTile(tiff, buffer, column, row, 0, round) >= 0;
        for (uint32_t y = 0; done && y < rows; ++y)
          spread(buffer + (size_t)y * side * planes, columns, planes, all,
                 out + ((row + y) * width + column) * all + round);
      }
    }
  }
  free(buffer);
  return done;
}

// Whatever else the library can make red, green and blue.
static int tiff_coloured(TIFF *tiff, const struct kind *kind, uint8_t *out) {
  const size_t pixels = (size_t)kind->width * kind->height;
  uint32_t *colours = malloc(pixels * sizeof *colours);
  int done = colours != NULL &&
             TIFFReadRGBAImageOriented(tiff, kind->width, kind->height, colours, kind->orientation, 1);
  for (size_t pixel = 0; done && pixel < pixels; ++pixel) {
    out[pixel * 3] = TIFFGetR(colours[pixel]);
    out[pixel * 3 + 1] = TIFFGetG(colours[pixel]);
    out[pixel * 3 + 2] = TIFFGetB(colours[pixel]);
  }
  free(colours);
  return done;
}

static int tiff_open(TIFF *tiff, struct kind *kind, cmedia_extent *extent, char *error) {
  if (!TIFFGetField(tiff, TIFFTAG_IMAGEWIDTH, &kind->width) ||
      !TIFFGetField(tiff, TIFFTAG_IMAGELENGTH, &kind->height) || kind->width > INT_MAX || kind->height > INT_MAX)
    return fail(error, damaged);
  TIFFGetFieldDefaulted(tiff, TIFFTAG_SAMPLESPERPIXEL, &kind->samples);
  TIFFGetFieldDefaulted(tiff, TIFFTAG_BITSPERSAMPLE, &kind->bits);
  TIFFGetFieldDefaulted(tiff, TIFFTAG_SAMPLEFORMAT, &kind->format);
  TIFFGetFieldDefaulted(tiff, TIFFTAG_PLANARCONFIG, &kind->planar);
  TIFFGetFieldDefaulted(tiff, TIFFTAG_COMPRESSION, &kind->compression);
  TIFFGetFieldDefaulted(tiff, TIFFTAG_ORIENTATION, &kind->orientation);
  if (!TIFFGetField(tiff, TIFFTAG_PHOTOMETRIC, &kind->photometric))
    kind->photometric = kind->samples < 3 ? PHOTOMETRIC_MINISBLACK : PHOTOMETRIC_RGB;
  if (kind->bits > 8) {
    snprintf(error, CMEDIA_ERROR_SIZE, "found a TIFF of %d bits a sample; expected at most 8", kind->bits);
    return -1;
  }
  if (kind->photometric == PHOTOMETRIC_YCBCR && kind->compression == COMPRESSION_JPEG)
    TIFFSetField(tiff, TIFFTAG_JPEGCOLORMODE, JPEGCOLORMODE_RGB);
  extent->width = kind->width;
  extent->height = kind->height;
  extent->channels = is_plain(kind) ? kind->samples : 3;
  extent->orientation = kind->orientation;
  extent->is_inverse = is_plain(kind) && kind->photometric == PHOTOMETRIC_MINISWHITE;
  extent->is_palette = is_plain(kind) && kind->photometric == PHOTOMETRIC_PALETTE;
  return 0;
}

static int tiff_whole(const uint8_t *bytes, size_t count, cmedia_extent *extent, int channels, uint8_t *out,
                      char *error) {
  struct place place = {bytes, count, 0};
  char said[CMEDIA_ERROR_SIZE] = "";
  TIFFOpenOptions *options = TIFFOpenOptionsAlloc();
  if (options == NULL) return fail(error, "no memory");
  TIFFOpenOptionsSetErrorHandlerExtR(options, tiff_error, said);
  TIFFOpenOptionsSetWarningHandlerExtR(options, tiff_warning, NULL);
  TIFF *tiff = TIFFClientOpenExt("picture", "r", &place, tiff_read, tiff_write, tiff_seek, tiff_close, tiff_size,
                                 tiff_map, tiff_unmap, options);
  TIFFOpenOptionsFree(options);
  if (tiff == NULL) return fail(error, damaged);
  struct kind kind = {0};
  int found = tiff_open(tiff, &kind, extent, error);
  if (found == 0 && out != NULL) {
    // A palette's numbers are asked for by their one channel, its colours by three.
    const int is_plainly = is_plain(&kind) && (kind.photometric != PHOTOMETRIC_PALETTE || channels == 1);
    if (!(is_plainly ? tiff_plain(tiff, &kind, out) : tiff_coloured(tiff, &kind, out))) {
      snprintf(error, CMEDIA_ERROR_SIZE, said[0] ? "%s (%.180s)" : "%s", damaged, said);
      found = -1;
    }
  }
  TIFFClose(tiff);
  return found;
}

int cmedia_whole(const uint8_t *bytes, size_t count, cmedia_format format, cmedia_extent *extent, int channels,
                 uint8_t *out, char *error) {
  *extent = (cmedia_extent){.orientation = 1};
  switch (format) {
    case CMEDIA_WHOLE_PNG: return png_whole(bytes, count, extent, channels, out, error);
    case CMEDIA_WHOLE_JPEG: return jpeg_whole(bytes, count, extent, channels, out, error);
    case CMEDIA_WHOLE_TIFF: return tiff_whole(bytes, count, extent, channels, out, error);
  }
  return fail(error, "no such format");
}
