// Adam and SGD through libtorch's fused updates: one trip through memory a parameter.
#include "handles.h"

#include <c10/core/GradMode.h>

#include <limits>
#include <map>
#include <memory>
#include <vector>

using ctorch::guard;

struct ctorch_optimizer {
  bool is_adam = false;
  double rate = 0, beta1 = 0, beta2 = 0, epsilon = 0, momentum = 0, weight_decay = 0;
  bool nesterov = false;
  bool coasts = false;
  std::vector<at::Tensor> parameters;
  // Of the rate, one for each parameter.
  std::vector<double> factors;
  // Adam's moments, or SGD's momentum in the first; `steps` counts the updates of each parameter.
  std::vector<at::Tensor> first, second, steps;
};

namespace {

ctorch_optimizer *make(ctorch_tensor *const *parameters, const double *factors, size_t count, bool is_adam, double rate,
                       double weight_decay) {
  auto optimizer = std::make_unique<ctorch_optimizer>();
  optimizer->is_adam = is_adam;
  optimizer->rate = rate;
  optimizer->weight_decay = weight_decay;
  for (size_t i = 0; i < count; ++i) {
    const auto parameter = parameters[i]->value.detach();
    optimizer->parameters.push_back(parameters[i]->value);
    optimizer->factors.push_back(factors[i]);
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

// What a step moves by one rate.
struct Group {
  std::vector<at::Tensor> parameters, gradients, first, second, steps;
};

void update(const ctorch_optimizer &optimizer, Group &group, double rate) {
  if (optimizer.is_adam) {
    at::_fused_adam_(group.parameters, group.gradients, group.first, group.second, {}, group.steps, rate,
                     optimizer.beta1, optimizer.beta2, optimizer.weight_decay, optimizer.epsilon, false, false);
  } else {
    if (optimizer.momentum == 0) group.first.clear();
    // Momentum that starts at 0 needs no first step of its own.
    at::_fused_sgd_(group.parameters, group.gradients, group.first, optimizer.weight_decay, optimizer.momentum, rate, 0,
                    optimizer.nesterov, false, false);
  }
}

}  // namespace

extern "C" {

ctorch_status ctorch_adam_new(ctorch_tensor *const *parameters, const double *factors, size_t count, double rate,
                              double beta1, double beta2, double epsilon, double weight_decay, ctorch_optimizer **out) {
  return guard([&] {
    auto *optimizer = make(parameters, factors, count, true, rate, weight_decay);
    optimizer->beta1 = beta1;
    optimizer->beta2 = beta2;
    optimizer->epsilon = epsilon;
    *out = optimizer;
  });
}

ctorch_status ctorch_sgd_new(ctorch_tensor *const *parameters, const double *factors, size_t count, double rate,
                             double momentum, double weight_decay, bool nesterov, ctorch_optimizer **out) {
  return guard([&] {
    auto *optimizer = make(parameters, factors, count, false, rate, weight_decay);
    optimizer->momentum = momentum;
    optimizer->nesterov = nesterov;
    *out = optimizer;
  });
}

void ctorch_optimizer_free(ctorch_optimizer *optimizer) { delete optimizer; }

ctorch_status ctorch_optimizer_step(ctorch_optimizer *optimizer) {
  return guard([&] {
    at::NoGradGuard no_grad;
    std::map<double, Group> groups;
    for (size_t i = 0; i < optimizer->parameters.size(); ++i) {
      const auto &parameter = optimizer->parameters[i];
      auto gradient = parameter.grad();
      if (!gradient.defined()) {
        // One that never had a gradient has nothing to go on with.
        if (!optimizer->coasts || optimizer->steps[i].item<float>() == 0) continue;
        gradient = at::zeros_like(parameter);
      }
      optimizer->steps[i].add_(1);
      auto &group = groups[optimizer->factors[i]];
      group.parameters.push_back(parameter);
      group.gradients.push_back(aligned(gradient, parameter));
      group.first.push_back(optimizer->first[i]);
      group.steps.push_back(optimizer->steps[i]);
      if (optimizer->is_adam) group.second.push_back(optimizer->second[i]);
    }
    for (auto &[factor, group] : groups) update(*optimizer, group, optimizer->rate * factor);
  });
}

ctorch_status ctorch_optimizer_zero_grad(ctorch_optimizer *optimizer) {
  return guard([&] {
    for (auto &parameter : optimizer->parameters) parameter.mutable_grad() = at::Tensor();
  });
}

void ctorch_optimizer_set_rate(ctorch_optimizer *optimizer, double rate) { optimizer->rate = rate; }

void ctorch_optimizer_set_coasting(ctorch_optimizer *optimizer, bool coasts) { optimizer->coasts = coasts; }

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
