// What the parts of CMedia share.
#ifndef CMEDIA_READER_H
#define CMEDIA_READER_H

#include "cmedia.h"

#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>
#include <libswresample/swresample.h>
#include <libswscale/swscale.h>

struct cmedia_reader {
  const uint8_t *bytes;
  size_t count, position;
  AVIOContext *io;
  AVFormatContext *format;  // null for a picture, which is one packet
  AVCodecContext *codec;
  AVPacket *packet;
  AVFrame *frame;
  struct SwsContext *scaler;
  cmedia_kind kind;  // of a sound or a film
  int stream, draining, is_timed;
  size_t packets, packet_bytes;
  double end;           // of the packets read so far, seconds; if is_timed
  const char *problem;  // what is wrong with the data, if it is known more exactly than by a code
  // Of the sound that the resampler was made for.
  SwrContext *resampler;
  AVChannelLayout layout;
  int sample_format, sample_rate, sound_changes;
};

/// Writes a message, with FFmpeg's reason for a negative code.
void cmedia_fail(char *error, const char *message, int code);

/// Whether a film or a sound ends before the file says it does, once all packets are read. Many decoders take that
/// for the end. AAC, MPEG streams and most MP3 say nothing.
int cmedia_is_cut_short(const cmedia_reader *reader);

/// Whether it is known what the colours of a JPEG are.
int cmedia_knows_colors(const uint8_t *bytes, size_t count);

#endif
