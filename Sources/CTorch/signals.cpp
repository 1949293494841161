// Parts of signals and their spectra.
#include "handles.h"

#include <ATen/TracerMode.h>

#include <cmath>

using ctorch::produce;

namespace {

/// The same as a convolution with cosines and sines, which every runtime has: x [n, L], window [W] to
/// [n, W / 2 + 1, 1 + L / hop].
at::Tensor spectrogram_by_convolution(const at::Tensor &x, const at::Tensor &window, int64_t hop) {
  const int64_t size = window.size(0), bands = size / 2 + 1;
  at::Tensor waves;
  {
    const at::tracer::impl::NoTracerDispatchMode unrecorded;
    const auto turns = at::arange(bands, at::kDouble).unsqueeze(1) * at::arange(size, at::kDouble) / size;
    const auto angles = turns.frac() * (2 * M_PI);
    waves = (at::cat({angles.cos(), angles.sin()}) * window.to(at::kDouble)).to(at::kFloat).unsqueeze(1);
  }
  const auto padded = at::reflection_pad1d(x.unsqueeze(1), {size / 2, size / 2});
  const auto parts = at::conv1d(padded, waves, {}, hop).square();
  return parts.narrow(1, 0, bands) + parts.narrow(1, bands, bands);
}

}  // namespace

extern "C" {

ctorch_status ctorch_wrapped_windows(const ctorch_tensor *x, const ctorch_tensor *starts, const ctorch_tensor *lengths,
                                     int64_t count, ctorch_tensor **out) {
  return produce(out, [&] {
    const auto &rows = x->value, &first = starts->value, &length = lengths->value;
    TORCH_CHECK(rows.dim() == 2 && first.dim() == 1 && length.dim() == 1, "expected x [n, L], starts and lengths [n]");
    TORCH_CHECK(first.size(0) == rows.size(0) && length.size(0) == rows.size(0), "expected ", rows.size(0),
                " starts and lengths, found ", first.size(0), " and ", length.size(0));
    const auto places = first.unsqueeze(1) + at::arange(count, first.options());
    return rows.gather(1, places.remainder(length.clamp(1, rows.size(1)).unsqueeze(1)));
  });
}

ctorch_status ctorch_power_spectrogram(const ctorch_tensor *x, const ctorch_tensor *window, int64_t hop,
                                       ctorch_tensor **out) {
  return produce(out, [&] {
    TORCH_CHECK(x->value.dim() == 2 && window->value.dim() == 1, "expected x [n, L] and a window [W], found ",
                x->value.sizes(), " and ", window->value.sizes());
    if (at::tracer::impl::is_dispatch_enabled()) return spectrogram_by_convolution(x->value, window->value, hop);
    const int64_t size = window->value.size(0);
    constexpr bool is_centred = true, is_normalised = false, is_onesided = true, is_complex = true;
    const auto spectrum = at::stft(x->value, size, hop, size, window->value, is_centred, "reflect", is_normalised,
                                   is_onesided, is_complex);
    return at::view_as_real(spectrum).square().sum(-1);
  });
}
}
