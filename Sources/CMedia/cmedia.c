#include "cmedia.h"

#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>
#include <libavutil/imgutils.h>
#include <libavutil/opt.h>
#include <libavutil/pixdesc.h>
#include <libswresample/swresample.h>
#include <libswscale/swscale.h>

#include <stdio.h>
#include <string.h>

struct cmedia_reader {
  const uint8_t *bytes;
  size_t count, position;
  AVIOContext *io;
  AVFormatContext *format;
  AVCodecContext *codec;
  AVPacket *packet;
  AVFrame *frame;
  struct SwsContext *scaler;
  SwrContext *resampler;
  int stream, draining, packets, is_image, is_film;
  double end;  // of the packets read so far, seconds
};

// What may be opened. Playlists and other formats that name further files are left out on purpose.
static const char *const formats[] = {
    [CMEDIA_IMAGE] = "png_pipe,jpeg_pipe,webp_pipe,bmp_pipe,gif,image2,jpegxl_pipe",
    [CMEDIA_AUDIO] = "wav,w64,aiff,flac,ogg,mp3,aac,mov,mp4,m4a,3gp,3g2,mj2,matroska,webm",
    [CMEDIA_VIDEO] = "mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,avi,ogg,mpeg,mpegts,mpegvideo,flv,gif,h264,m4v",
};
static const char *const codecs[] = {
    [CMEDIA_IMAGE] = "png,mjpeg,webp,bmp,gif",
    [CMEDIA_AUDIO] = "pcm_u8,pcm_s8,pcm_s16le,pcm_s16be,pcm_s24le,pcm_s24be,pcm_s32le,pcm_s32be,pcm_f32le,pcm_f32be,"
                     "pcm_f64le,pcm_f64be,pcm_alaw,pcm_mulaw,flac,vorbis,libvorbis,opus,libopus,mp3,mp3float,aac,alac",
    [CMEDIA_VIDEO] = "h264,hevc,vp8,vp9,libvpx,libvpx-vp9,av1,libdav1d,mpeg1video,mpeg2video,mpeg4,msmpeg4v3,mjpeg,"
                     "theora,gif,ffv1,rawvideo,png,flv,h263",
};
static const char *const kinds[] = {
    [CMEDIA_IMAGE] = "PNG, JPEG, WebP, BMP or GIF",
    [CMEDIA_AUDIO] = "WAV, AIFF, FLAC, Ogg, MP3, AAC, MP4 or Matroska with sound",
    [CMEDIA_VIDEO] = "MP4, Matroska, WebM, AVI, Ogg, MPEG, FLV or GIF with pictures",
};

// A picture has one frame, soon; a file that needs more reads than this has none.
enum { image_packet_limit = 64, io_size = 1 << 15, channel_limit = 64, rate_limit = 768000 };

static void fail(char *error, const char *message, int code) {
  char reason[96] = "";
  if (code < 0) av_strerror(code, reason, sizeof reason);
  snprintf(error, CMEDIA_ERROR_SIZE, code < 0 ? "%s (%s)" : "%s", message, reason);
}

static int read_bytes(void *opaque, uint8_t *out, int size) {
  cmedia_reader *reader = opaque;
  const size_t left = reader->count - reader->position;
  const size_t taken = left < (size_t)size ? left : (size_t)size;
  if (taken == 0) return AVERROR_EOF;
  memcpy(out, reader->bytes + reader->position, taken);
  reader->position += taken;
  return (int)taken;
}

static int64_t seek_bytes(void *opaque, int64_t offset, int whence) {
  cmedia_reader *reader = opaque;
  if (whence == AVSEEK_SIZE) return (int64_t)reader->count;
  whence &= ~AVSEEK_FORCE;
  if (whence == SEEK_CUR) offset += (int64_t)reader->position;
  if (whence == SEEK_END) offset += (int64_t)reader->count;
  if (offset < 0 || offset > (int64_t)reader->count) return AVERROR(EINVAL);
  reader->position = (size_t)offset;
  return offset;
}

static int open_codec(cmedia_reader *reader, cmedia_kind kind, int64_t max_pixels) {
  const AVCodecParameters *parameters = reader->format->streams[reader->stream]->codecpar;
  const AVCodec *decoder = avcodec_find_decoder(parameters->codec_id);
  if (!decoder) return AVERROR_DECODER_NOT_FOUND;
  reader->codec = avcodec_alloc_context3(decoder);
  if (!reader->codec) return AVERROR(ENOMEM);
  int code = avcodec_parameters_to_context(reader->codec, parameters);
  if (code < 0) return code;
  reader->codec->thread_count = 1;
  reader->codec->max_pixels = max_pixels;
  if (kind == CMEDIA_IMAGE) reader->codec->err_recognition = AV_EF_EXPLODE | AV_EF_CRCCHECK | AV_EF_BITSTREAM;
  AVDictionary *options = NULL;
  av_dict_set(&options, "codec_whitelist", codecs[kind], 0);
  code = avcodec_open2(reader->codec, decoder, &options);
  av_dict_free(&options);
  return code;
}

static int open_format(cmedia_reader *reader, cmedia_kind kind) {
  uint8_t *buffer = av_malloc(io_size);
  reader->format = avformat_alloc_context();
  if (!buffer || !reader->format) return AVERROR(ENOMEM);
  reader->io = avio_alloc_context(buffer, io_size, 0, reader, read_bytes, NULL, seek_bytes);
  if (!reader->io) return AVERROR(ENOMEM);
  reader->format->pb = reader->io;
  reader->format->max_streams = 32;
  AVDictionary *options = NULL;
  av_dict_set(&options, "format_whitelist", formats[kind], 0);
  av_dict_set(&options, "codec_whitelist", codecs[kind], 0);
  av_dict_set(&options, "protocol_whitelist", "none", 0);
  int code = avformat_open_input(&reader->format, NULL, NULL, &options);
  av_dict_free(&options);
  if (code < 0) return code;
  // A picture's stream is known without it, and it would decode the picture twice.
  if (kind != CMEDIA_IMAGE) code = avformat_find_stream_info(reader->format, NULL);
  if (code < 0) return code;
  const enum AVMediaType type = kind == CMEDIA_AUDIO ? AVMEDIA_TYPE_AUDIO : AVMEDIA_TYPE_VIDEO;
  return reader->stream = av_find_best_stream(reader->format, type, -1, -1, NULL, 0);
}

cmedia_reader *cmedia_open(const uint8_t *bytes, size_t count, cmedia_kind kind, int64_t max_pixels, char *error) {
  av_log_set_level(AV_LOG_QUIET);
  cmedia_reader *reader = av_mallocz(sizeof *reader);
  if (!reader) return NULL;
  reader->bytes = bytes;
  reader->count = count;
  reader->is_image = kind == CMEDIA_IMAGE;
  reader->is_film = kind == CMEDIA_VIDEO;
  char message[CMEDIA_ERROR_SIZE];
  int code = open_format(reader, kind);
  if (code < 0) {
    snprintf(message, sizeof message, "cannot be read; expected %s", kinds[kind]);
  } else {
    snprintf(message, sizeof message, "cannot be decoded; expected %s", kinds[kind]);
    code = open_codec(reader, kind, max_pixels);
  }
  if (code >= 0) {
    reader->packet = av_packet_alloc();
    reader->frame = av_frame_alloc();
    if (!reader->packet || !reader->frame) code = AVERROR(ENOMEM);
  }
  if (code >= 0) return reader;
  fail(error, message, code);
  cmedia_close(reader);
  return NULL;
}

void cmedia_close(cmedia_reader *reader) {
  if (!reader) return;
  sws_freeContext(reader->scaler);
  swr_free(&reader->resampler);
  av_frame_free(&reader->frame);
  av_packet_free(&reader->packet);
  avcodec_free_context(&reader->codec);
  avformat_close_input(&reader->format);
  if (reader->io) av_freep(&reader->io->buffer);
  avio_context_free(&reader->io);
  av_free(reader);
}

static void note_end(cmedia_reader *reader) {
  const AVPacket *packet = reader->packet;
  if (packet->pts == AV_NOPTS_VALUE) return;
  const double unit = av_q2d(reader->format->streams[packet->stream_index]->time_base);
  const double end = (double)(packet->pts + packet->duration) * unit;
  if (end > reader->end) reader->end = end;
}

// Whether the last page is whole and says that it is the last one, as the last of every Ogg stream does.
static int ends_as_ogg(const uint8_t *bytes, size_t count) {
  const size_t header = 27;
  for (size_t place = count < header ? 0 : count - header + 1; place-- > 0;) {
    if (memcmp(bytes + place, "OggS", 4) != 0) continue;
    const size_t segments = bytes[place + header - 1];
    size_t end = place + header + segments;
    for (size_t i = 0; i < segments && place + header + i < count; ++i) end += bytes[place + header + i];
    return (bytes[place + 5] & 4) != 0 && end <= count;
  }
  return 0;
}

// A GIF ends with a semicolon, which zeros may follow.
static int ends_as_gif(const uint8_t *bytes, size_t count) {
  while (count > 0 && bytes[count - 1] == 0) --count;
  return count > 0 && bytes[count - 1] == ';';
}

// Whether all of an AVI's first part is there, whose size it states unless it was written on the fly.
static int ends_as_avi(const uint8_t *bytes, size_t count) {
  if (count < 8) return 0;
  const uint32_t size = bytes[4] | bytes[5] << 8 | bytes[6] << 16 | (uint32_t)bytes[7] << 24;
  return size == UINT32_MAX || size <= count - 8;
}

// Whether a film ends before the file says it does. Many decoders take that for the end.
static int is_cut_short(const cmedia_reader *reader) {
  const char *name = reader->format->iformat->name;
  if (!strcmp(name, "ogg")) return !ends_as_ogg(reader->bytes, reader->count);
  if (!strcmp(name, "avi")) return !ends_as_avi(reader->bytes, reader->count);
  if (!strcmp(name, "gif")) return !ends_as_gif(reader->bytes, reader->count);
  // MP4 lists where each frame lies, so that a missing one is an error; its edits make the length another.
  if (strstr(name, "mp4")) return 0;
  const AVFormatContext *format = reader->format;
  if (format->duration_estimation_method != AVFMT_DURATION_FROM_STREAM || format->duration <= 0) return 0;
  const double start = format->start_time == AV_NOPTS_VALUE ? 0 : (double)format->start_time / AV_TIME_BASE;
  const double length = (double)format->duration / AV_TIME_BASE;
  // Some writers round the length, or count the last frame of another stream.
  return reader->end - start < 0.95 * length - 0.2;
}

static int send_packet(cmedia_reader *reader) {
  int code = av_read_frame(reader->format, reader->packet);
  if (code == AVERROR_EOF) {
    if (reader->is_film && is_cut_short(reader)) return AVERROR_INVALIDDATA;
    reader->draining = 1;
    return avcodec_send_packet(reader->codec, NULL);
  }
  if (code < 0) return code;
  note_end(reader);
  if (reader->is_image && ++reader->packets > image_packet_limit) code = AVERROR_INVALIDDATA;
  if (code >= 0 && reader->packet->stream_index == reader->stream) {
    code = avcodec_send_packet(reader->codec, reader->packet);
  }
  av_packet_unref(reader->packet);
  return code;
}

int cmedia_next(cmedia_reader *reader, char *error) {
  for (;;) {
    int code = avcodec_receive_frame(reader->codec, reader->frame);
    if (code >= 0) {
      const int is_damaged = reader->frame->decode_error_flags || (reader->frame->flags & AV_FRAME_FLAG_CORRUPT);
      if (!is_damaged) return 1;
      code = AVERROR_INVALIDDATA;
    } else if (code == AVERROR_EOF) {
      return 0;
    } else if (code == AVERROR(EAGAIN) && !reader->draining) {
      code = send_packet(reader);
      if (code >= 0) continue;
    }
    fail(error, "the data are damaged or cut short", code);
    return -1;
  }
}

int cmedia_width(const cmedia_reader *reader) { return reader->frame->width; }
int cmedia_height(const cmedia_reader *reader) { return reader->frame->height; }

double cmedia_time(const cmedia_reader *reader) {
  const int64_t stamp = reader->frame->best_effort_timestamp;
  if (stamp == AV_NOPTS_VALUE) return -1;
  const AVStream *stream = reader->format->streams[reader->stream];
  const int64_t start = stream->start_time == AV_NOPTS_VALUE ? 0 : stream->start_time;
  return (double)(stamp - start) * av_q2d(stream->time_base);
}

static int scale(cmedia_reader *reader, enum AVPixelFormat target, int width, int height, uint8_t *out) {
  const AVFrame *frame = reader->frame;
  const int shrinks = width < frame->width || height < frame->height;
  const int flags = (shrinks ? SWS_AREA : SWS_BILINEAR) | SWS_ACCURATE_RND | SWS_FULL_CHR_H_INT | SWS_FULL_CHR_H_INP;
  reader->scaler = sws_getCachedContext(reader->scaler, frame->width, frame->height, frame->format, width, height,
                                        target, flags, NULL, NULL, NULL);
  if (!reader->scaler) return AVERROR(EINVAL);
  uint8_t *planes[4] = {out};
  int strides[4] = {0};
  const int code = av_image_fill_linesizes(strides, target, width);
  if (code < 0) return code;
  const int rows = sws_scale(reader->scaler, (const uint8_t *const *)frame->data, frame->linesize, 0, frame->height,
                             planes, strides);
  return rows == height ? 0 : AVERROR_EXTERNAL;
}

int cmedia_pixels(cmedia_reader *reader, int width, int height, int channels, uint8_t *out, char *error) {
  const AVPixFmtDescriptor *descriptor = av_pix_fmt_desc_get(reader->frame->format);
  const size_t count = (size_t)width * (size_t)height;
  int code = AVERROR(EINVAL);
  if (!descriptor) {
    fail(error, "the pixels cannot be converted", code);
    return -1;
  }
  if (!(descriptor->flags & (AV_PIX_FMT_FLAG_ALPHA | AV_PIX_FMT_FLAG_PAL))) {
    code = scale(reader, channels == 1 ? AV_PIX_FMT_GRAY8 : AV_PIX_FMT_RGB24, width, height, out);
  } else {
    uint8_t *pixels = av_malloc(count * 4);
    code = pixels ? scale(reader, AV_PIX_FMT_RGBA, width, height, pixels) : AVERROR(ENOMEM);
    for (size_t i = 0; code >= 0 && i < count; ++i) {
      const uint8_t *pixel = pixels + 4 * i;
      unsigned color[3];
      for (int c = 0; c < 3; ++c) color[c] = (pixel[c] * pixel[3] + 127u) / 255u;
      if (channels == 3) {
        for (int c = 0; c < 3; ++c) out[3 * i + (size_t)c] = (uint8_t)color[c];
      } else {
        out[i] = (uint8_t)((299 * color[0] + 587 * color[1] + 114 * color[2] + 500) / 1000);
      }
    }
    av_free(pixels);
  }
  if (code >= 0) return 0;
  fail(error, "the pixels cannot be converted", code);
  return -1;
}

static int prepare_resampler(cmedia_reader *reader, int rate) {
  const AVFrame *frame = reader->frame;
  if (frame->sample_rate <= 0 || frame->sample_rate > rate_limit) return AVERROR(EINVAL);
  if (frame->ch_layout.nb_channels <= 0 || frame->ch_layout.nb_channels > channel_limit) return AVERROR(EINVAL);
  AVChannelLayout layout = {0};
  av_channel_layout_copy(&layout, &frame->ch_layout);
  // A mix needs to know where the channels are; unnamed ones are taken in the usual order.
  if (layout.order == AV_CHANNEL_ORDER_UNSPEC) av_channel_layout_default(&layout, frame->ch_layout.nb_channels);
  AVChannelLayout mono = AV_CHANNEL_LAYOUT_MONO;
  int code = swr_alloc_set_opts2(&reader->resampler, &mono, AV_SAMPLE_FMT_FLT, rate, &layout, frame->format,
                                 frame->sample_rate, 0, NULL);
  av_channel_layout_uninit(&layout);
  return code < 0 ? code : swr_init(reader->resampler);
}

int cmedia_samples(cmedia_reader *reader, cmedia_sound sound, int rate, float *out, int capacity, char *error) {
  int code = 0;
  if (!reader->resampler) {
    if (sound != CMEDIA_FRAME) return 0;
    code = prepare_resampler(reader, rate);
  }
  uint8_t *planes[1] = {(uint8_t *)out};
  if (code >= 0) {
    // No input ends the sound; input of no samples asks for what did not fit before.
    const uint8_t **data = sound == CMEDIA_END ? NULL : (const uint8_t **)reader->frame->extended_data;
    code = swr_convert(reader->resampler, planes, capacity, data, sound == CMEDIA_FRAME ? reader->frame->nb_samples : 0);
  }
  if (code >= 0) return code;
  fail(error, "the sound cannot be converted", code);
  return -1;
}
