// Loops over the rows of a map whose channels lie next to each other, compiled for the widest vectors there are.
#pragma once

#include <ATen/Parallel.h>
#include <ATen/core/Tensor.h>

#include <algorithm>
#include <vector>

namespace ctorch {

#if defined(__x86_64__)
template <typename Body>
__attribute__((target("avx2,fma"), flatten)) void run_for_avx2(Body body) {
  body();
}

template <typename Body>
__attribute__((target("avx2,fma,avx512f,avx512bw,avx512dq,avx512vl"), flatten)) void run_for_avx512(Body body) {
  body();
}

template <typename Body>
void vectorized(Body body) {
  static const bool has512 = __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl") &&
                             __builtin_cpu_supports("avx512dq");
  static const bool has256 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
  has512 ? run_for_avx512(body) : has256 ? run_for_avx2(body) : body();
}
#else
template <typename Body>
void vectorized(Body body) {
  body();
}
#endif

/// The memory of [n, C], or of [n, C, H, W] with the channels last, as rows of C channels.
struct Rows {
  int64_t count, channels;

  explicit Rows(const at::Tensor &map) : count(map.numel() / map.size(1)), channels(map.size(1)) {}

  /// Calls `body(place in memory, channel)` for every value, on all threads.
  template <typename Body>
  void each(Body body) const {
    at::parallel_for(0, count, block, [&](int64_t first, int64_t last) { loop(first, last, body); });
  }

  /// Two sums for each channel, {2, C}, of the `body(place in memory, channel, first sum, second sum)` of every value.
  ///
  /// Blocks are summed in float32 and the blocks' sums in float64, in parts that do not depend on the number of threads.
  template <typename Body>
  std::vector<double> sums(Body body) const {
    const int64_t parts = std::clamp<int64_t>(count / block, 1, 64), length = (count + parts - 1) / parts;
    const int64_t width = 2 * channels;
    std::vector<double> partial(parts * width);
    at::parallel_for(0, parts, 1, [&](int64_t begin, int64_t end) {
      std::vector<float> sum(width);
      for (int64_t part = begin; part < end; ++part) {
        const int64_t last = std::min((part + 1) * length, count);
        for (int64_t first = part * length; first < last; first += block) {
          std::fill(sum.begin(), sum.end(), 0.0f);
          float *one = sum.data(), *two = one + channels;
          loop(first, std::min(first + block, last), [=](int64_t i, int64_t c) { body(i, c, one[c], two[c]); });
          for (int64_t i = 0; i < width; ++i) partial[part * width + i] += sum[i];
        }
      }
    });
    for (int64_t i = width; i < parts * width; ++i) partial[i % width] += partial[i];
    partial.resize(width);
    return partial;
  }

 private:
  static constexpr int64_t block = 256;

  template <typename Body>
  void loop(int64_t first, int64_t last, Body body) const {
    vectorized([=, channels = channels] {
      for (int64_t row = first; row < last; ++row) {
        // No place is written through one pointer and read through another.
#pragma clang loop vectorize(assume_safety)
        for (int64_t c = 0; c < channels; ++c) body(row * channels + c, c);
      }
    });
  }
};

}  // namespace ctorch
