// What networks over sequences of tokens are made of.
#include "handles.h"

#include <ATen/TracerMode.h>

using ctorch::optional;
using ctorch::produce;

extern "C" {

ctorch_status ctorch_embedding(const ctorch_tensor *weight, const ctorch_tensor *indices, int64_t padding,
                               ctorch_tensor **out) {
  return produce(out, [&] { return at::embedding(weight->value, indices->value, padding); });
}

ctorch_status ctorch_embedding_mean(const ctorch_tensor *weight, const ctorch_tensor *indices, int64_t padding,
                                    ctorch_tensor **out) {
  return produce(out, [&] {
    TORCH_CHECK(indices->value.dim() == 2, "expected indices [n, L], found ", indices->value.sizes());
    if (at::tracer::impl::is_dispatch_enabled()) {
      // Other runtimes have no sums of table rows, so that they are recorded as what they are made of.
      const auto counted = indices->value.ne(padding).to(at::kFloat).unsqueeze(2);  // [n, L, 1]
      const auto sums = (at::embedding(weight->value, indices->value, padding) * counted).sum(1);
      return sums / counted.sum(1).clamp_min(1);
    }
    const int64_t n = indices->value.size(0), length = indices->value.size(1);
    const auto offsets = at::arange(n, indices->value.options()) * length;
    constexpr int64_t mean = 1;
    return std::get<0>(at::embedding_bag(weight->value, indices->value.reshape({-1}), offsets, false, mean, false, {},
                                         false, padding));
  });
}

ctorch_status ctorch_layer_norm(const ctorch_tensor *x, const ctorch_tensor *weight, const ctorch_tensor *bias,
                                double epsilon, ctorch_tensor **out) {
  return produce(out, [&] {
    return at::layer_norm(x->value, weight->value.sizes(), weight->value, bias->value, epsilon);
  });
}

ctorch_status ctorch_attention(const ctorch_tensor *queries, const ctorch_tensor *keys, const ctorch_tensor *values,
                               const ctorch_tensor *mask, ctorch_tensor **out) {
  return produce(out, [&] {
    return at::scaled_dot_product_attention(queries->value, keys->value, values->value, optional(mask));
  });
}

ctorch_status ctorch_gelu(const ctorch_tensor *x, ctorch_tensor **out) {
  return produce(out, [&] { return at::gelu(x->value); });
}

ctorch_status ctorch_conv1d(const ctorch_tensor *x, const ctorch_tensor *weight, const ctorch_tensor *bias,
                            int64_t stride, int64_t padding, ctorch_tensor **out) {
  return produce(out, [&] { return at::conv1d(x->value, weight->value, optional(bias), stride, padding); });
}

ctorch_status ctorch_pool1d(const ctorch_tensor *x, bool mean, int64_t kernel, int64_t stride, int64_t padding,
                            ctorch_tensor **out) {
  return produce(out, [&] {
    if (!mean) return at::max_pool1d(x->value, kernel, stride, padding);
    return at::avg_pool1d(x->value, kernel, stride, padding, /*ceil_mode=*/false, /*count_include_pad=*/false);
  });
}
}
