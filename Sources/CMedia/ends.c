#include "reader.h"

#include <libavutil/intreadwrite.h>

#include <string.h>

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
  const uint32_t size = AV_RL32(bytes + 4);
  return size == UINT32_MAX || size <= count - 8;
}

// What is written on the fly states no size, or about the largest there is.
static const uint32_t open_size = 0x7FFF0000;

// Whether all of an AIFF is there. A last byte that only makes its length even may be left out.
static int ends_as_aiff(const uint8_t *bytes, size_t count) {
  if (count < 8) return 0;
  const uint32_t size = AV_RB32(bytes + 4);
  return size >= open_size || size <= count - 7;
}

// Whether all of a WAV's sound is there. A file above 4 GiB (RF64) states its size in a chunk of its own; RIFX has
// numbers the other way round.
static int ends_as_wav(const uint8_t *bytes, size_t count) {
  const int is_big = count >= 4 && !memcmp(bytes, "RIFX", 4);
  uint64_t long_size = 0;
  for (size_t place = 12; place < count && count - place >= 8;) {
    const uint8_t *chunk = bytes + place;
    uint64_t size = is_big ? AV_RB32(chunk + 4) : AV_RL32(chunk + 4);
    place += 8;
    const size_t left = count - place;
    if (!memcmp(chunk, "ds64", 4) && left >= 16) long_size = AV_RL64(chunk + 16);
    if (!memcmp(chunk, "data", 4)) {
      if (size >= open_size) size = size == UINT32_MAX ? long_size : 0;
      return size <= left;
    }
    if (size >= left) return 1;
    place += size + (size & 1);
  }
  return 1;
}

// The same of a Wave64, whose chunks have names of 16 bytes and sizes that count their own heads of 24.
static int ends_as_w64(const uint8_t *bytes, size_t count) {
  for (size_t place = 40; place < count && count - place >= 24;) {
    const uint64_t size = AV_RL64(bytes + place + 16);
    const size_t left = count - place;
    if (!memcmp(bytes + place, "data", 4)) return size <= left || size > INT64_MAX;
    if (size < 24 || size >= left) return 1;
    place += (size + 7) & ~(uint64_t)7;
  }
  return 1;
}

// Whether every frame that an MP4 lists lies within the file.
static int ends_as_mp4(const cmedia_reader *reader) {
  AVStream *stream = reader->format->streams[reader->stream];
  const int entries = avformat_index_get_entries_count(stream);
  for (int i = 0; i < entries; ++i) {
    const AVIndexEntry *entry = avformat_index_get_entry(stream, i);
    if (entry && entry->pos > (int64_t)reader->count - entry->size) return 0;
  }
  return 1;
}

int cmedia_is_cut_short(const cmedia_reader *reader) {
  const char *name = reader->format->iformat->name;
  if (!strcmp(name, "ogg")) return !ends_as_ogg(reader->bytes, reader->count);
  if (!strcmp(name, "avi")) return !ends_as_avi(reader->bytes, reader->count);
  if (!strcmp(name, "gif")) return !ends_as_gif(reader->bytes, reader->count);
  if (!strcmp(name, "wav")) return !ends_as_wav(reader->bytes, reader->count);
  if (!strcmp(name, "w64")) return !ends_as_w64(reader->bytes, reader->count);
  if (!strcmp(name, "aiff")) return !ends_as_aiff(reader->bytes, reader->count);
  // MP4's edits make the length another.
  if (strstr(name, "mp4")) return !ends_as_mp4(reader);
  if (reader->packets > 0 && !reader->is_timed) return 0;
  const AVFormatContext *format = reader->format;
  if (format->duration_estimation_method != AVFMT_DURATION_FROM_STREAM || format->duration <= 0) return 0;
  const double start = format->start_time == AV_NOPTS_VALUE ? 0 : (double)format->start_time / AV_TIME_BASE;
  const double length = (double)format->duration / AV_TIME_BASE;
  // Some writers round the length, or count the last frame of another stream, or what an encoder adds at the ends.
  const double least = reader->kind == CMEDIA_AUDIO ? 0.99 * length - 0.1 : 0.95 * length - 0.2;
  return reader->end - start < least;
}
