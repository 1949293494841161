#include "reader.h"

#include <libavutil/avstring.h>
#include <libavutil/avutil.h>

#include <limits.h>
#include <stdio.h>
#include <string.h>

// What may be opened. Playlists and other formats that name further files are left out on purpose.
static const char *const formats[] = {
    [CMEDIA_AUDIO] = "wav,w64,aiff,flac,ogg,mp3,aac,mov,mp4,m4a,3gp,3g2,mj2,matroska,webm",
    [CMEDIA_VIDEO] = "mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,avi,ogg,mpeg,mpegts,mpegvideo,flv,gif,h264,m4v",
};
static const char *const codecs[] = {
    [CMEDIA_AUDIO] = "pcm_u8,pcm_s8,pcm_s16le,pcm_s16be,pcm_s24le,pcm_s24be,pcm_s32le,pcm_s32be,pcm_f32le,pcm_f32be,"
                     "pcm_f64le,pcm_f64be,pcm_alaw,pcm_mulaw,adpcm_ms,adpcm_ima_wav,adpcm_ima_qt,adpcm_yamaha,g722,"
                     "g726,gsm,gsm_ms,libgsm,libgsm_ms,flac,vorbis,libvorbis,opus,libopus,mp2,mp2float,mp3,mp3float,aac,"
                     "alac",
    [CMEDIA_VIDEO] = "h264,hevc,vp8,vp9,libvpx,libvpx-vp9,av1,libdav1d,mpeg1video,mpeg2video,mpeg4,msmpeg4v3,mjpeg,"
                     "theora,gif,ffv1,rawvideo,png,flv,h263",
};
static const char *const kinds[] = {
    [CMEDIA_AUDIO] = "WAV, AIFF, FLAC, Ogg, MP3, AAC, MP4 or Matroska with sound",
    [CMEDIA_VIDEO] = "MP4, Matroska, WebM, AVI, Ogg, MPEG, FLV or GIF with pictures",
};

// What the codings are called in messages.
static const char *const codings[] = {
    [CMEDIA_AUDIO] = "PCM, A-law, mu-law, ADPCM, G.722, G.726, GSM, FLAC, Vorbis, Opus, MP2, MP3, AAC or ALAC",
    [CMEDIA_VIDEO] = "H.264, H.265, VP8, VP9, AV1, MPEG-1, -2 or -4, H.263, JPEG, Theora, GIF, PNG, FFV1 or raw",
};
static const enum AVCodecID picture_codecs[] = {
    [CMEDIA_PNG] = AV_CODEC_ID_PNG, [CMEDIA_JPEG] = AV_CODEC_ID_MJPEG, [CMEDIA_WEBP] = AV_CODEC_ID_WEBP,
    [CMEDIA_BMP] = AV_CODEC_ID_BMP, [CMEDIA_GIF] = AV_CODEC_ID_GIF,
};

enum { io_size = 1 << 15 };

// A packet is bytes of the file, some of them packed; a file that names the same bytes again and again is hostile.
enum { unpacking_limit = 64, unpacked_allowance = 1 << 18 };

void cmedia_fail(char *error, const char *message, int code) {
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

// Makes room for what is decoded.
static int open_codec(cmedia_reader *reader, const AVCodec *decoder, const AVCodecParameters *parameters,
                      int64_t max_pixels) {
  if (!decoder) return AVERROR_DECODER_NOT_FOUND;
  reader->codec = avcodec_alloc_context3(decoder);
  reader->packet = av_packet_alloc();
  reader->frame = av_frame_alloc();
  if (!reader->codec || !reader->packet || !reader->frame) return AVERROR(ENOMEM);
  if (parameters) {
    const int code = avcodec_parameters_to_context(reader->codec, parameters);
    if (code < 0) return code;
  } else {
    reader->codec->err_recognition = AV_EF_EXPLODE | AV_EF_CRCCHECK | AV_EF_BITSTREAM;
  }
  reader->codec->thread_count = 1;
  reader->codec->max_pixels = max_pixels;
  return avcodec_open2(reader->codec, decoder, NULL);
}

// Says how the stream is coded, which is not read.
static void fail_coding(const AVCodecParameters *parameters, cmedia_kind kind, char *error) {
  const AVCodecDescriptor *descriptor = avcodec_descriptor_get(parameters->codec_id);
  char coding[96];
  if (descriptor) {
    snprintf(coding, sizeof coding, "%s (%s)", descriptor->name,
             descriptor->long_name ? descriptor->long_name : descriptor->name);
  } else {
    snprintf(coding, sizeof coding, "an unknown kind, 0x%04x", (unsigned)parameters->codec_tag);
  }
  snprintf(error, CMEDIA_ERROR_SIZE, "found %s coded as %s; expected %s",
           kind == CMEDIA_AUDIO ? "sound" : "pictures", coding, codings[kind]);
}

// Looks at the first packets for what the header does not say. It decodes some, within the same limit; the streams of
// formats without a header (MPEG, FLV) come up only then and are held to FFmpeg's own, 2^28 pixels.
static int find_streams(AVFormatContext *format, int64_t max_pixels) {
  const unsigned count = format->nb_streams;
  AVDictionary **options = av_calloc(count + 1, sizeof *options);
  if (!options) return AVERROR(ENOMEM);
  for (unsigned i = 0; i < count; ++i) {
    av_dict_set_int(&options[i], "max_pixels", max_pixels, 0);
    av_dict_set_int(&options[i], "threads", 1, 0);
  }
  const int code = avformat_find_stream_info(format, options);
  for (unsigned i = 0; i < count; ++i) av_dict_free(&options[i]);
  av_free(options);
  return code;
}

static int open_format(cmedia_reader *reader, cmedia_kind kind, int64_t max_pixels) {
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
  code = find_streams(reader->format, max_pixels);
  if (code < 0) return code;
  const enum AVMediaType type = kind == CMEDIA_AUDIO ? AVMEDIA_TYPE_AUDIO : AVMEDIA_TYPE_VIDEO;
  return reader->stream = av_find_best_stream(reader->format, type, -1, -1, NULL, 0);
}

static cmedia_reader *make_reader(const uint8_t *bytes, size_t count) {
  av_log_set_level(AV_LOG_QUIET);
  cmedia_reader *reader = av_mallocz(sizeof *reader);
  if (!reader) return NULL;
  reader->bytes = bytes;
  reader->count = count;
  return reader;
}

cmedia_reader *cmedia_open(const uint8_t *bytes, size_t count, cmedia_kind kind, int64_t max_pixels, char *error) {
  cmedia_reader *reader = make_reader(bytes, count);
  if (!reader) return NULL;
  reader->kind = kind;
  char message[CMEDIA_ERROR_SIZE];
  int code = open_format(reader, kind, max_pixels);
  if (code == AVERROR_STREAM_NOT_FOUND) {
    snprintf(message, sizeof message, "holds no %s; expected %s", kind == CMEDIA_AUDIO ? "sound" : "pictures",
             kinds[kind]);
    code = 0;
  } else if (code < 0) {
    snprintf(message, sizeof message, "cannot be read; expected %s", kinds[kind]);
  } else {
    const AVCodecParameters *parameters = reader->format->streams[reader->stream]->codecpar;
    const AVCodec *decoder = avcodec_find_decoder(parameters->codec_id);
    if (!decoder || !av_match_list(decoder->name, codecs[kind], ',')) {
      fail_coding(parameters, kind, error);
      cmedia_close(reader);
      return NULL;
    }
    snprintf(message, sizeof message, "cannot be decoded; expected %s", kinds[kind]);
    code = open_codec(reader, decoder, parameters, max_pixels);
    if (code >= 0) return reader;
  }
  cmedia_fail(error, message, code);
  cmedia_close(reader);
  return NULL;
}

cmedia_reader *cmedia_open_picture(const uint8_t *bytes, size_t count, cmedia_picture format, int64_t max_pixels,
                                   char *error) {
  cmedia_reader *reader = make_reader(bytes, count);
  if (!reader) return NULL;
  const int code = count > INT_MAX - AV_INPUT_BUFFER_PADDING_SIZE
                       ? AVERROR(ENOMEM)
                       : open_codec(reader, avcodec_find_decoder(picture_codecs[format]), NULL, max_pixels);
  if (code >= 0) return reader;
  cmedia_fail(error, "cannot be decoded", code);
  cmedia_close(reader);
  return NULL;
}

void cmedia_close(cmedia_reader *reader) {
  if (!reader) return;
  sws_freeContext(reader->scaler);
  swr_free(&reader->resampler);
  av_channel_layout_uninit(&reader->layout);
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
  const double end = ((double)packet->pts + (double)packet->duration) * unit;
  if (end > reader->end) reader->end = end;
  reader->is_timed = 1;
}

// Whether the last packet may be decoded; if not, says why.
static int check_packet(cmedia_reader *reader) {
  const AVPacket *packet = reader->packet;
  reader->packets += 1;
  reader->packet_bytes += (size_t)packet->size;
  // An empty packet needs an entry in some table, a byte at least.
  const size_t byte_limit = (reader->count + unpacked_allowance) * unpacking_limit;
  if (reader->packets > reader->count || reader->packet_bytes > byte_limit) {
    reader->problem = "found far more packets than the file has bytes for";
    return AVERROR_INVALIDDATA;
  }
  const int is_jpeg = reader->codec->codec_id == AV_CODEC_ID_MJPEG && packet->stream_index == reader->stream;
  if (is_jpeg && !cmedia_knows_colors(packet->data, (size_t)packet->size)) {
    reader->problem = "found a JPEG of four colours that does not say which; allowed are those with Adobe's marker";
    return AVERROR_INVALIDDATA;
  }
  return 0;
}

// A picture's first packet is all of it; there is no other.
static int read_picture(cmedia_reader *reader) {
  if (reader->packets > 0) return AVERROR_EOF;
  const int code = av_new_packet(reader->packet, (int)reader->count);
  if (code >= 0) memcpy(reader->packet->data, reader->bytes, reader->count);
  return code;
}

static int send_packet(cmedia_reader *reader) {
  int code = reader->format ? av_read_frame(reader->format, reader->packet) : read_picture(reader);
  if (code == AVERROR_EOF) {
    if (reader->format && cmedia_is_cut_short(reader)) {
      reader->problem = "the data are cut short: they end before the file says they do";
      return AVERROR_INVALIDDATA;
    }
    reader->draining = 1;
    return avcodec_send_packet(reader->codec, NULL);
  }
  if (code < 0) return code;
  if (reader->format) note_end(reader);
  code = check_packet(reader);
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
    if (reader->problem) {
      cmedia_fail(error, reader->problem, 0);
    } else if (code == AVERROR_PATCHWELCOME || code == AVERROR(ENOSYS)) {
      cmedia_fail(error, "the data are coded in a way that is not read", 0);
    } else {
      cmedia_fail(error, "the data are damaged or cut short", code);
    }
    return -1;
  }
}

double cmedia_time(const cmedia_reader *reader) {
  const int64_t stamp = reader->frame->best_effort_timestamp;
  if (stamp == AV_NOPTS_VALUE || !reader->format) return -1;
  const AVStream *stream = reader->format->streams[reader->stream];
  const int64_t start = stream->start_time == AV_NOPTS_VALUE ? 0 : stream->start_time;
  return ((double)stamp - (double)start) * av_q2d(stream->time_base);
}

double cmedia_time_unit(const cmedia_reader *reader) {
  return reader->format ? av_q2d(reader->format->streams[reader->stream]->time_base) : 0;
}

const char *cmedia_version(void) { return av_version_info(); }
