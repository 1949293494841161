#include "reader.h"

// A sound that changes more often than this is no recording, and preparing to convert takes memory and time.
enum { channel_limit = 64, least_rate = 1000, greatest_rate = 768000, change_limit = 16 };

// Whether the frame has as many samples as it says.
static int is_whole(const AVFrame *frame) {
  const int channels = frame->ch_layout.nb_channels;
  const int is_planar = av_sample_fmt_is_planar(frame->format);
  const int planes = is_planar ? channels : 1;
  if (!frame->extended_data || frame->nb_samples < 0) return 0;
  if (planes > AV_NUM_DATA_POINTERS && frame->extended_data == (uint8_t **)frame->data) return 0;
  for (int i = 0; i < planes; ++i) {
    if (!frame->extended_data[i]) return 0;
  }
  const int64_t width = (int64_t)av_get_bytes_per_sample(frame->format) * (is_planar ? 1 : channels);
  return width > 0 && width * frame->nb_samples <= frame->linesize[0];
}

// The frame's channels; unnamed ones are taken in the usual order.
static int get_layout(const AVFrame *frame, AVChannelLayout *layout) {
  if (frame->ch_layout.order == AV_CHANNEL_ORDER_UNSPEC) {
    av_channel_layout_default(layout, frame->ch_layout.nb_channels);
    return 0;
  }
  return av_channel_layout_copy(layout, &frame->ch_layout);
}

static int prepare_resampler(cmedia_reader *reader, const AVChannelLayout *layout, int rate) {
  const AVFrame *frame = reader->frame;
  AVChannelLayout mono = AV_CHANNEL_LAYOUT_MONO;
  int code = av_channel_layout_copy(&reader->layout, layout);
  if (code < 0) return code;
  reader->sample_format = frame->format;
  reader->sample_rate = frame->sample_rate;
  code = swr_alloc_set_opts2(&reader->resampler, &mono, AV_SAMPLE_FMT_FLT, rate, &reader->layout, frame->format,
                             frame->sample_rate, 0, NULL);
  // FFmpeg's own mix weighs channels by where they are, and is louder than any of them.
  double mean[channel_limit];
  for (int i = 0; i < layout->nb_channels; ++i) mean[i] = 1.0 / layout->nb_channels;
  if (code >= 0 && layout->nb_channels > 1) code = swr_set_matrix(reader->resampler, mean, layout->nb_channels);
  if (code >= 0) code = swr_init(reader->resampler);
  if (code < 0) swr_free(&reader->resampler);
  return code;
}

// Whether the resampler is for other sound than that of these channels and the frame's format and rate.
static int is_for_other(const cmedia_reader *reader, const AVChannelLayout *layout) {
  return reader->sample_format != reader->frame->format || reader->sample_rate != reader->frame->sample_rate ||
         av_channel_layout_compare(&reader->layout, layout) != 0;
}

int cmedia_sound_changes(const cmedia_reader *reader) {
  if (!reader->resampler) return 0;
  AVChannelLayout layout = {0};
  const int changes = get_layout(reader->frame, &layout) < 0 || is_for_other(reader, &layout);
  av_channel_layout_uninit(&layout);
  return changes;
}

// Checks a frame, and makes a resampler for it unless there is one.
static int take_sound(cmedia_reader *reader, int rate) {
  const AVFrame *frame = reader->frame;
  reader->problem = NULL;
  if (frame->sample_rate < least_rate || frame->sample_rate > greatest_rate) {
    reader->problem = "found a sample rate out of range; allowed are 1000 to 768000 samples a second";
  } else if (frame->ch_layout.nb_channels <= 0 || frame->ch_layout.nb_channels > channel_limit) {
    reader->problem = "found a number of channels out of range; allowed are 1 to 64";
  } else if (!is_whole(frame)) {
    reader->problem = "found a frame with fewer samples or channels than it says";
  }
  if (reader->problem) return AVERROR_INVALIDDATA;
  AVChannelLayout layout = {0};
  int code = get_layout(frame, &layout);
  if (code >= 0 && reader->resampler && is_for_other(reader, &layout)) {
    swr_free(&reader->resampler);
    if (++reader->sound_changes > change_limit) {
      reader->problem = "found channels, rate or format that change more than 16 times; expected one recording";
      code = AVERROR_INVALIDDATA;
    }
  }
  if (code >= 0 && !reader->resampler) code = prepare_resampler(reader, &layout, rate);
  av_channel_layout_uninit(&layout);
  return code;
}

int cmedia_samples(cmedia_reader *reader, cmedia_sound sound, int rate, float *out, int capacity, char *error) {
  int code = 0;
  if (sound == CMEDIA_FRAME) {
    code = take_sound(reader, rate);
  } else if (!reader->resampler) {
    return 0;
  }
  uint8_t *planes[1] = {(uint8_t *)out};
  if (code >= 0) {
    // No input ends the sound; input of no samples asks for what did not fit before.
    const uint8_t **data = sound == CMEDIA_END ? NULL : (const uint8_t **)reader->frame->extended_data;
    const int count = sound == CMEDIA_FRAME ? reader->frame->nb_samples : 0;
    code = swr_convert(reader->resampler, planes, capacity, data, count);
  }
  if (code >= 0) return code;
  if (reader->problem) {
    cmedia_fail(error, reader->problem, 0);
  } else {
    cmedia_fail(error, "the sound cannot be converted", code);
  }
  return -1;
}
