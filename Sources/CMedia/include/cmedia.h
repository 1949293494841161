// A small C face on FFmpeg: pictures and sound decoded from bytes in memory.
//
// Only the containers and codecs that cmedia.c lists are opened, nothing is read but the given bytes, and no
// picture larger than asked for is decoded. A function that fails writes a message to `error`.
#ifndef CMEDIA_H
#define CMEDIA_H

#include <stddef.h>
#include <stdint.h>

typedef struct cmedia_reader cmedia_reader;

typedef enum { CMEDIA_AUDIO, CMEDIA_VIDEO } cmedia_kind;
typedef enum { CMEDIA_PNG, CMEDIA_JPEG, CMEDIA_WEBP, CMEDIA_BMP, CMEDIA_GIF } cmedia_picture;

enum { CMEDIA_ERROR_SIZE = 256 };

/// The version of FFmpeg.
const char *cmedia_version(void);

/// Opens a sound or a film: bytes, which must stay where they are until the reader is closed. Null if they cannot be
/// read.
cmedia_reader *cmedia_open(const uint8_t *bytes, size_t count, cmedia_kind kind, int64_t max_pixels, char *error);

/// The same for a picture, which begins with the signature of its format. Of an animated PNG or GIF there is the first
/// frame; an animated WebP is not decoded.
cmedia_reader *cmedia_open_picture(const uint8_t *bytes, size_t count, cmedia_picture format, int64_t max_pixels,
                                   char *error);
void cmedia_close(cmedia_reader *reader);

/// Decodes the next frame: 1 if there is one, 0 at the end, -1 if the data are damaged.
int cmedia_next(cmedia_reader *reader, char *error);

/// Of the frame that was decoded last: its size in pixels as it is stored, its time in seconds from the start or -1,
/// and the seconds that times are whole numbers of.
int cmedia_width(const cmedia_reader *reader);
int cmedia_height(const cmedia_reader *reader);
double cmedia_time(const cmedia_reader *reader);
double cmedia_time_unit(const cmedia_reader *reader);

/// How the last frame of a film is to be turned: the nine numbers of FFmpeg's display matrix. 0 if nothing says it.
int cmedia_display_matrix(const cmedia_reader *reader, int32_t *matrix);

/// Lays the last frame onto a transparent one of `width` x `height` pixels, which takes its place. -1 if it lies beyond.
int cmedia_place(cmedia_reader *reader, int width, int height, int left, int top, char *error);

/// Writes the last frame as `height` x `width` pixels of 1 (grey) or 3 (red, green, blue) bytes; what is
/// transparent is black.
int cmedia_pixels(cmedia_reader *reader, int width, int height, int channels, uint8_t *out, char *error);

/// The last frame's sound, what of it did not fit into the last call, or what is left after the last frame.
typedef enum { CMEDIA_FRAME, CMEDIA_REST, CMEDIA_END } cmedia_sound;

/// Whether the last frame has other channels, another rate or another format than the sound converted before. Then
/// CMEDIA_END gives what is left of that, and CMEDIA_FRAME begins anew.
int cmedia_sound_changes(const cmedia_reader *reader);

/// Mixes sound to one channel, the mean of its channels, at `rate` samples a second; full scale is -1 to 1.
/// Returns how many of at most `capacity` samples were written, or -1.
int cmedia_samples(cmedia_reader *reader, cmedia_sound sound, int rate, float *out, int capacity, char *error);

/// Formats that are read by their own libraries, to any size that fits into memory.
typedef enum { CMEDIA_WHOLE_PNG, CMEDIA_WHOLE_JPEG, CMEDIA_WHOLE_TIFF } cmedia_format;

/// What such a picture is: its size in pixels as it is stored, its channels, how it is turned (1 to 8, as Exif and TIFF
/// number it); of a TIFF whether its samples are numbers of a palette's colours, and whether 0 is white.
typedef struct {
  int width, height, channels, orientation, is_palette, is_inverse;
} cmedia_extent;

/// Says what a picture is, and writes its pixels to `out` unless that is null: `height` x `width` of `channels` bytes, which
/// are 1 or 3 for a PNG or a JPEG, and for a TIFF those of `extent`; for one with a palette 1 gives its numbers, 3 its
/// colours. -1 if it cannot be read.
int cmedia_whole(const uint8_t *bytes, size_t count, cmedia_format format, cmedia_extent *extent, int channels,
                 uint8_t *out, char *error);

#endif
