#include "reader.h"

#include <libavutil/avutil.h>
#include <stdio.h>
#include <string.h>

// What may be opened. Playlists and other formats that name further files are left out on purpose.
static const char *const formats[] = {
    [CMEDIA_IMAGE] = "png_pipe,jpeg_pipe,webp_pipe,bmp_pipe,gif",
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
enum { image_packet_limit = 64, io_size = 1 << 15 };

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
  // A picture's stream is known without it, and it would decode the picture twice.
  if (kind != CMEDIA_IMAGE) code = find_streams(reader->format, max_pixels);
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
  reader->kind = kind;
  char message[CMEDIA_ERROR_SIZE];
  int code = open_format(reader, kind, max_pixels);
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
  cmedia_fail(error, message, code);
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
  if (reader->kind == CMEDIA_IMAGE && reader->packets > image_packet_limit) return AVERROR_INVALIDDATA;
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

static int send_packet(cmedia_reader *reader) {
  int code = av_read_frame(reader->format, reader->packet);
  if (code == AVERROR_EOF) {
    if (reader->kind != CMEDIA_IMAGE && cmedia_is_cut_short(reader)) {
      reader->problem = "the data are cut short: they end before the file says they do";
      return AVERROR_INVALIDDATA;
    }
    reader->draining = 1;
    return avcodec_send_packet(reader->codec, NULL);
  }
  if (code < 0) return code;
  note_end(reader);
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
    } else {
      cmedia_fail(error, "the data are damaged or cut short", code);
    }
    return -1;
  }
}

double cmedia_time(const cmedia_reader *reader) {
  const int64_t stamp = reader->frame->best_effort_timestamp;
  if (stamp == AV_NOPTS_VALUE) return -1;
  const AVStream *stream = reader->format->streams[reader->stream];
  const int64_t start = stream->start_time == AV_NOPTS_VALUE ? 0 : stream->start_time;
  return ((double)stamp - (double)start) * av_q2d(stream->time_base);
}

const char *cmedia_version(void) { return av_version_info(); }
