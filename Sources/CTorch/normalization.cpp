// Batch normalisation and what follows it, max(norm(x) + carried, 0), in one trip through memory each way.
//
// As separate operations, the addition and the maximum read and write the map again, and an encoder's maps are far
// larger than the processor's caches.
#include "handles.h"
#include "rows.h"

#include <torch/csrc/autograd/custom_function.h>

#include <cmath>

using ctorch::produce;
using ctorch::Rows;
using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

namespace {

/// Four values for each channel, [4, C] in float32.
struct Statistics {
  float *scale, *shift, *mean, *inverse;  // norm(x) = x * scale + shift; inverse is 1 / standard deviation

  explicit Statistics(const at::Tensor &values)
      : scale(values.mutable_data_ptr<float>()),
        shift(scale + values.size(1)),
        mean(shift + values.size(1)),
        inverse(mean + values.size(1)) {}
};

/// libtorch's own typed access is named differently by the compilers that build it and this.
template <typename T>
const T *values(const at::Tensor &map) {
  return static_cast<const T *>(map.const_data_ptr());
}

/// A value that is not a number stays one, so that the watch over a run's numbers sees it.
inline float positive(float value) { return value < 0 ? 0 : value; }

at::MemoryFormat layout(const at::Tensor &map) {
  return map.dim() == 4 ? at::MemoryFormat::ChannelsLast : at::MemoryFormat::Contiguous;
}

/// Calls `body` with a value of the map's type.
template <typename Body>
void for_type_of(const at::Tensor &map, Body body) {
  map.scalar_type() == at::kFloat ? body(float()) : body(c10::BFloat16());
}

struct NormAddReLU : torch::autograd::Function<NormAddReLU> {
  static at::Tensor forward(AutogradContext *context, const at::Tensor &x, const at::Tensor &weight,
                            const at::Tensor &bias, const std::optional<at::Tensor> &carried, at::Tensor running_mean,
                            at::Tensor running_variance, double momentum, double epsilon) {
    auto statistics = at::empty({4, x.size(1)}, weight.options());
    auto y = at::empty_like(x);
    for_type_of(x, [&](auto zero) {
      using T = decltype(zero);
      measure<T>(x, weight, bias, running_mean, running_variance, momentum, epsilon, Statistics(statistics));
      const T *from = values<T>(x), *added = carried ? values<T>(*carried) : nullptr;
      T *to = y.mutable_data_ptr<T>();
      const float *scale = Statistics(statistics).scale, *shift = Statistics(statistics).shift;
      if (added)
        Rows(x).each([=](int64_t i, int64_t c) {
          to[i] = positive(static_cast<float>(from[i]) * scale[c] + shift[c] + static_cast<float>(added[i]));
        });
      else
        Rows(x).each([=](int64_t i, int64_t c) {
          to[i] = positive(static_cast<float>(from[i]) * scale[c] + shift[c]);
        });
    });
    context->save_for_backward({x, statistics, carried ? y : at::Tensor()});
    return y;
  }

  static variable_list backward(AutogradContext *context, const variable_list &gradients) {
    const auto saved = context->get_saved_variables();
    const auto &x = saved[0], &y = saved[2];
    const Statistics statistics(saved[1]);
    const Rows rows(x);
    const auto dy = gradients[0].contiguous(layout(x));
    auto dx = at::empty_like(x), dcarried = y.defined() ? at::empty_like(x) : at::Tensor();
    auto dweight = at::empty({rows.channels}, saved[1].options()), dbias = at::empty_like(dweight);
    for_type_of(x, [&](auto zero) {
      using T = decltype(zero);
      const T *input = values<T>(x), *incoming = values<T>(dy);
      T *outgoing = dx.mutable_data_ptr<T>();
      const float *scale = statistics.scale, *shift = statistics.shift, *mean = statistics.mean;
      std::vector<double> sums;
      if (y.defined()) {
        const T *output = values<T>(y);
        T *masked = dcarried.mutable_data_ptr<T>();
        sums = rows.sums([=](int64_t i, int64_t c, float &sum, float &product) {
          const float upper = static_cast<float>(incoming[i]), passed = static_cast<float>(output[i]);
          const float gradient = passed <= 0 ? 0 : upper;
          masked[i] = gradient;
          sum += gradient;
          product += gradient * (static_cast<float>(input[i]) - mean[c]);
        });
        incoming = masked;
      } else {
        // Where the output was positive is cheaper to compute again than to read again.
        sums = rows.sums([=](int64_t i, int64_t c, float &sum, float &product) {
          const float value = static_cast<float>(input[i]), upper = static_cast<float>(incoming[i]);
          const float gradient = value * scale[c] + shift[c] <= 0 ? 0 : upper;
          sum += gradient;
          product += gradient * (value - mean[c]);
        });
      }
      std::vector<float> slopes(rows.channels), levels(rows.channels);
      for (int64_t c = 0; c < rows.channels; ++c) {
        const double inverse = statistics.inverse[c], product = sums[rows.channels + c];
        dbias.mutable_data_ptr<float>()[c] = static_cast<float>(sums[c]);
        dweight.mutable_data_ptr<float>()[c] = static_cast<float>(product * inverse);
        slopes[c] = static_cast<float>(-scale[c] * inverse * inverse * product / rows.count);
        levels[c] = static_cast<float>(-scale[c] * sums[c] / rows.count);
      }
      const float *slope = slopes.data(), *level = levels.data();
      if (y.defined())
        rows.each([=](int64_t i, int64_t c) {
          const float value = static_cast<float>(input[i]), upper = static_cast<float>(incoming[i]);
          outgoing[i] = upper * scale[c] + (value - mean[c]) * slope[c] + level[c];
        });
      else
        rows.each([=](int64_t i, int64_t c) {
          const float value = static_cast<float>(input[i]), upper = static_cast<float>(incoming[i]);
          const float gradient = value * scale[c] + shift[c] <= 0 ? 0 : upper;
          outgoing[i] = gradient * scale[c] + (value - mean[c]) * slope[c] + level[c];
        });
    });
    return {dx, dweight, dbias, dcarried, {}, {}, {}, {}};
  }

 private:
  /// The batch's statistics, by which the running ones move.
  template <typename T>
  static void measure(const at::Tensor &x, const at::Tensor &weight, const at::Tensor &bias,
                      const at::Tensor &running_mean, const at::Tensor &running_variance, double momentum,
                      double epsilon, Statistics statistics) {
    const Rows rows(x);
    const T *input = values<T>(x);
    // Sums around the first row: a mean far from 0 costs no digits.
    const std::vector<float> first(input, input + rows.channels);
    const float *origin = first.data();
    const auto sums = rows.sums([=](int64_t i, int64_t c, float &sum, float &square) {
      const float value = static_cast<float>(input[i]) - origin[c];
      sum += value;
      square += value * value;
    });
    float *moving_mean = running_mean.mutable_data_ptr<float>();
    float *moving_variance = running_variance.mutable_data_ptr<float>();
    for (int64_t c = 0; c < rows.channels; ++c) {
      const double offset = sums[c] / rows.count;
      const double variance = std::max(sums[rows.channels + c] / rows.count - offset * offset, 0.0);
      const double mean = origin[c] + offset, inverse = 1 / std::sqrt(variance + epsilon);
      const double scale = values<float>(weight)[c] * inverse;
      statistics.mean[c] = static_cast<float>(mean);
      statistics.inverse[c] = static_cast<float>(inverse);
      statistics.scale[c] = static_cast<float>(scale);
      statistics.shift[c] = static_cast<float>(values<float>(bias)[c] - mean * scale);
      if (momentum == 0) continue;
      const double unbiased = variance * rows.count / (rows.count - 1);
      moving_mean[c] += static_cast<float>(momentum * (mean - moving_mean[c]));
      moving_variance[c] += static_cast<float>(momentum * (unbiased - moving_variance[c]));
    }
  }
};

bool is_fusible(const at::Tensor &x, const at::Tensor &weight) {
  return x.is_cpu() && (x.dim() == 2 || x.dim() == 4) && x.numel() > 0 && weight.numel() == x.size(1) &&
         (x.scalar_type() == at::kFloat || x.scalar_type() == at::kBFloat16) && weight.scalar_type() == at::kFloat;
}

}  // namespace

extern "C" ctorch_status ctorch_batch_norm_relu(const ctorch_tensor *x, const ctorch_tensor *weight,
                                                const ctorch_tensor *bias, ctorch_tensor *running_mean,
                                                ctorch_tensor *running_variance, bool training, double momentum,
                                                double epsilon, const ctorch_tensor *carried, ctorch_tensor **out) {
  return produce(out, [&] {
    const at::Tensor &map = x->value;
    TORCH_CHECK(!carried || carried->value.sizes() == map.sizes(), "a map of shape ", map.sizes(),
                " and a carried one of shape ", carried->value.sizes());
    if (training && is_fusible(map, weight->value)) {
      const auto format = layout(map);
      std::optional<at::Tensor> added;
      if (carried) added = carried->value.to(map.scalar_type()).contiguous(format);
      return NormAddReLU::apply(map.contiguous(format), weight->value, bias->value, added, running_mean->value,
                                running_variance->value, momentum, epsilon);
    }
    auto y = at::batch_norm(map, weight->value, bias->value, running_mean->value, running_variance->value, training,
                            momentum, epsilon, false);
    if (carried) y.add_(carried->value);
    return y.relu_();
  });
}
