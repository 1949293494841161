// Parts of signals and their spectra.
#include "handles.h"

using ctorch::produce;

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
    const int64_t size = window->value.size(0);
    constexpr bool is_centred = true, is_normalised = false, is_onesided = true, is_complex = true;
    const auto spectrum = at::stft(x->value, size, hop, size, window->value, is_centred, "reflect", is_normalised,
                                   is_onesided, is_complex);
    return at::view_as_real(spectrum).square().sum(-1);
  });
}
}
