// A small C face on FFmpeg: pictures and sound decoded from bytes in memory.
//
// Only the containers and codecs that cmedia.c lists are opened, nothing is read but the given bytes, and no
// picture larger than asked for is decoded. A function that fails writes a message to `error`.
#ifndef CMEDIA_H
#define CMEDIA_H

#include <stddef.h>
#include <stdint.h>

typedef struct cmedia_reader cmedia_reader;

typedef enum { CMEDIA_IMAGE, CMEDIA_AUDIO, CMEDIA_VIDEO } cmedia_kind;

enum { CMEDIA_ERROR_SIZE = 256 };

/// The version of FFmpeg.
const char *cmedia_version(void);

/// Opens bytes, which must stay where they are until the reader is closed. Null if they cannot be read.
cmedia_reader *cmedia_open(const uint8_t *bytes, size_t count, cmedia_kind kind, int64_t max_pixels, char *error);
void cmedia_close(cmedia_reader *reader);

/// Decodes the next frame: 1 if there is one, 0 at the end, -1 if the data are damaged.
int cmedia_next(cmedia_reader *reader, char *error);

/// Of the frame that was decoded last: its size in pixels, its time in seconds from the start or -1.
int cmedia_width(const cmedia_reader *reader);
int cmedia_height(const cmedia_reader *reader);
double cmedia_time(const cmedia_reader *reader);

/// Writes the last frame as `height` x `width` pixels of 1 (grey) or 3 (red, green, blue) bytes; what is
/// transparent is black.
int cmedia_pixels(cmedia_reader *reader, int width, int height, int channels, uint8_t *out, char *error);

/// The last frame's sound, what of it did not fit into the last call, or what is left after the last frame.
typedef enum { CMEDIA_FRAME, CMEDIA_REST, CMEDIA_END } cmedia_sound;

/// Whether the last frame has other channels, another rate or another format than the sound converted before. Then
/// CMEDIA_END gives what is left of that, and CMEDIA_FRAME begins anew.
int cmedia_sound_changes(const cmedia_reader *reader);

/// Mixes sound to one channel at `rate` samples a second, -1 to 1. Returns how many of at most `capacity` samples
/// were written, or -1.
int cmedia_samples(cmedia_reader *reader, cmedia_sound sound, int rate, float *out, int capacity, char *error);

#endif
