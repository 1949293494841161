// Adam and SGD through libtorch's fused updates: one trip through memory a parameter.
#include "handles.h"

#include <c10/core/GradMode.h>

#include <limits>
#include <memory>
#include <vector>

using ctorch::guard;

struct ctorch_optimizer {
  bool is_adam = false;
  double rate = 0, beta1 = 0, beta2 = 0, epsilon = 0, momentum = 0, weight_decay = 0;
  bool nesterov = false;
  std::vector<at::Tensor> parameters;
  // Adam's moments, or SGD's momentum in the first; `steps` counts the updates of each parameter.
  std::vector<at::Tensor> first, second, steps;
};

namespace {

ctorch_optimizer *make(ctorch_tensor *const *parameters, size_t count, bool is_adam, double rate, double weight_decay) {
  auto optimizer = std::make_unique<ctorch_optimizer>();
  optimizer->is_adam = is_adam;
  optimizer->rate = rate;
  optimizer->weight_decay = weight_decay;
  for (size_t i = 0; i < count; ++i) {
    const auto parameter = parameters[i]->value.detach();
    optimizer->parameters.push_back(parameters[i]->value);
    optimizer->first.push_back(at::zeros_like(parameter));
    if (is_adam) optimizer->second.push_back(at::zeros_like(parameter));
    optimizer->steps.push_back(at::zeros({}, at::kFloat));
  }
  return optimizer.release();
}

// The fused updates walk through memory side by side, so a gradient must lie there as its parameter does.
at::Tensor aligned(const at::Tensor &gradient, const at::Tensor &parameter) {
  bool same = gradient.is_non_overlapping_and_dense();
  for (int64_t d = 0; d < parameter.dim(); ++d) {
    same = same && (parameter.size(d) == 1 || gradient.stride(d) == parameter.stride(d));
  }
  return same ? gradient : at::empty_like(parameter).copy_(gradient);
}

}  // namespace

extern "C" {

ctorch_status ctorch_adam_new(ctorch_tensor *const *parameters, size_t count, double rate, double beta1, double beta2,
                              double epsilon, double weight_decay, ctorch_optimizer **out) {
  return guard([&] {
    auto *optimizer = make(parameters, count, true, rate, weight_decay);
    optimizer->beta1 = beta1;
    optimizer->beta2 = beta2;
    optimizer->epsilon = epsilon;
    *out = optimizer;
  });
}

ctorch_status ctorch_sgd_new(ctorch_tensor *const *parameters, size_t count, double rate, double momentum,
                             double weight_decay, bool nesterov, ctorch_optimizer **out) {
  return guard([&] {
    auto *optimizer = make(parameters, count, false, rate, weight_decay);
    optimizer->momentum = momentum;
    optimizer->nesterov = nesterov;
    *out = optimizer;
  });
}

void ctorch_optimizer_free(ctorch_optimizer *optimizer) { delete optimizer; }

ctorch_status ctorch_optimizer_step(ctorch_optimizer *optimizer) {
  return guard([&] {
    at::NoGradGuard no_grad;
    std::vector<at::Tensor> parameters, gradients, first, second, steps;
    for (size_t i = 0; i < optimizer->parameters.size(); ++i) {
      const auto &parameter = optimizer->parameters[i];
      if (!parameter.grad().defined()) continue;
      optimizer->steps[i].add_(1);
      parameters.push_back(parameter);
      gradients.push_back(aligned(parameter.grad(), parameter));
      first.push_back(optimizer->first[i]);
      steps.push_back(optimizer->steps[i]);
      if (optimizer->is_adam) second.push_back(optimizer->second[i]);
    }
    if (parameters.empty()) return;
    if (optimizer->is_adam) {
      at::_fused_adam_(parameters, gradients, first, second, {}, steps, optimizer->rate, optimizer->beta1,
                       optimizer->beta2, optimizer->weight_decay, optimizer->epsilon, false, false);
    } else {
      if (optimizer->momentum == 0) first.clear();
      // Momentum that starts at 0 needs no first step of its own.
      at::_fused_sgd_(parameters, gradients, first, optimizer->weight_decay, optimizer->momentum, optimizer->rate, 0,
                      optimizer->nesterov, false, false);
    }
  });
}

ctorch_status ctorch_optimizer_zero_grad(ctorch_optimizer *optimizer) {
  return guard([&] {
    for (auto &parameter : optimizer->parameters) parameter.mutable_grad() = at::Tensor();
  });
}

void ctorch_optimizer_set_rate(ctorch_optimizer *optimizer, double rate) { optimizer->rate = rate; }

ctorch_status ctorch_optimizer_state(const ctorch_optimizer *optimizer, ctorch_optimizer_slot slot, size_t index,
                                     ctorch_tensor **out) {
  return ctorch::produce(out, [&] {
    const auto &tensors = slot == CTORCH_SLOT_FIRST    ? optimizer->first
                          : slot == CTORCH_SLOT_SECOND ? optimizer->second
                                                       : optimizer->steps;
    return tensors.at(index);
  });
}

ctorch_status ctorch_optimizer_nonfinite_gradient(const ctorch_optimizer *optimizer, int64_t *out) {
  return guard([&] {
    at::NoGradGuard no_grad;
    *out = -1;
    std::vector<at::Tensor> gradients;
    std::vector<int64_t> places;
    for (size_t i = 0; i < optimizer->parameters.size(); ++i) {
      const auto &gradient = optimizer->parameters[i].grad();
      if (!gradient.defined() || gradient.numel() == 0) continue;
      gradients.push_back(gradient);
      places.push_back(static_cast<int64_t>(i));
    }
    if (gradients.empty()) return;
    // The largest magnitude is finite only if all are; a sum of finite ones might not be.
    const auto largest = at::stack(at::_foreach_norm(gradients, std::numeric_limits<double>::infinity()));
    const auto bad = at::isfinite(largest).logical_not().to(at::kCPU);
    if (!bad.any().item<bool>()) return;
    *out = places[bad.to(at::kInt).argmax().item<int64_t>()];
  });
}
}
