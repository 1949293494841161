#include "reader.h"

#include <libavutil/imgutils.h>
#include <libavutil/intreadwrite.h>
#include <libavutil/pixdesc.h>

#include <string.h>

// Four colours are cyan, magenta, yellow and black, or the first three as YCbCr. Adobe's marker tells which; without
// it FFmpeg takes black for opacity. It has to come before the frame's header, since FFmpeg decides there.
int cmedia_knows_colors(const uint8_t *bytes, size_t count) {
  int transform = -1;
  for (size_t place = 2; place < count && count - place >= 4;) {
    const uint8_t *segment = bytes + place;
    const int marker = segment[0] == 0xFF ? segment[1] : 0;
    if (marker == 0 || marker == 0xFF) {
      ++place;
    } else if (marker == 0x01 || (marker >= 0xD0 && marker <= 0xD9)) {
      place += 2;  // These have no body.
    } else {
      const size_t size = AV_RB16(segment + 2);
      // At the picture's data, or at damage that the decoder will find.
      if (marker == 0xDA || size < 2 || size > count - place - 2) return 1;
      if (marker == 0xEE && size >= 14 && !memcmp(segment + 4, "Adobe", 5)) transform = segment[15];
      const int is_header = marker >= 0xC0 && marker <= 0xCF && marker != 0xC4 && marker != 0xC8 && marker != 0xCC;
      if (is_header && size >= 8 && segment[9] == 4) return transform == 0 || transform == 2;
      place += 2 + size;
    }
  }
  return 1;
}

int cmedia_width(const cmedia_reader *reader) { return reader->frame->width; }
int cmedia_height(const cmedia_reader *reader) { return reader->frame->height; }

// Only some formats' names say that levels go from 0 to 255; of the others the frame says it.
static void take_full_range(struct SwsContext *scaler) {
  int *from_table, *to_table;
  int from_full, to_full, brightness, contrast, saturation;
  if (sws_getColorspaceDetails(scaler, &from_table, &from_full, &to_table, &to_full, &brightness, &contrast,
                               &saturation) < 0) {
    return;
  }
  if (!from_full) sws_setColorspaceDetails(scaler, from_table, 1, to_table, to_full, brightness, contrast, saturation);
}

static int scale(cmedia_reader *reader, enum AVPixelFormat target, int width, int height, uint8_t *out) {
  const AVFrame *frame = reader->frame;
  const int shrinks = width < frame->width || height < frame->height;
  const int flags = (shrinks ? SWS_AREA : SWS_BILINEAR) | SWS_ACCURATE_RND | SWS_FULL_CHR_H_INT | SWS_FULL_CHR_H_INP;
  reader->scaler = sws_getCachedContext(reader->scaler, frame->width, frame->height, frame->format, width, height,
                                        target, flags, NULL, NULL, NULL);
  if (!reader->scaler) return AVERROR(EINVAL);
  if (frame->color_range == AVCOL_RANGE_JPEG) take_full_range(reader->scaler);
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
    cmedia_fail(error, "the pixels cannot be converted", code);
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
  cmedia_fail(error, "the pixels cannot be converted", code);
  return -1;
}

int cmedia_display_matrix(const cmedia_reader *reader, int32_t *matrix) {
  const size_t needed = 9 * sizeof *matrix;
  const AVFrameSideData *note = av_frame_get_side_data(reader->frame, AV_FRAME_DATA_DISPLAYMATRIX);
  size_t size = note ? note->size : 0;
  const uint8_t *bytes = note ? note->data : NULL;
  if (!bytes && reader->format) {
    bytes = av_stream_get_side_data(reader->format->streams[reader->stream], AV_PKT_DATA_DISPLAYMATRIX, &size);
  }
  if (!bytes || size < needed) return 0;
  memcpy(matrix, bytes, needed);
  return 1;
}

int cmedia_place(cmedia_reader *reader, int width, int height, int left, int top, char *error) {
  const AVFrame *frame = reader->frame;
  if (left < 0 || top < 0 || frame->width > width || frame->height > height || left > width - frame->width ||
      top > height - frame->height) {
    cmedia_fail(error, "the data are damaged: a frame lies beyond the picture", 0);
    return -1;
  }
  const size_t row = (size_t)frame->width * 4;
  AVFrame *canvas = av_frame_alloc();
  uint8_t *pixels = av_malloc(row * (size_t)frame->height);
  int code = canvas && pixels ? scale(reader, AV_PIX_FMT_RGBA, frame->width, frame->height, pixels) : AVERROR(ENOMEM);
  if (code >= 0) {
    canvas->format = AV_PIX_FMT_RGBA;
    canvas->width = width;
    canvas->height = height;
    code = av_frame_get_buffer(canvas, 0);
  }
  for (int y = 0; code >= 0 && y < height; ++y) {
    uint8_t *target = canvas->data[0] + (ptrdiff_t)y * canvas->linesize[0];
    memset(target, 0, (size_t)width * 4);
    if (y < top || y - top >= frame->height) continue;
    memcpy(target + (size_t)left * 4, pixels + (size_t)(y - top) * row, row);
  }
  if (code >= 0) {
    av_frame_unref(reader->frame);
    av_frame_move_ref(reader->frame, canvas);
  } else {
    cmedia_fail(error, "the frame cannot be placed", code);
  }
  av_free(pixels);
  av_frame_free(&canvas);
  return code < 0 ? -1 : 0;
}
