// Adam and SGD through libtorch's fused updates: one trip through memory a parameter.
#include "handles.h"

#include <c10/core/GradMode.h>

#include <limits>
#include <map>
#include <memory>
#include <optional>
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
  // Adam's moments, or SGD's momentum in the first; `steps` counts the updates of each parameter, beside it.
  std::vector<at::Tensor> first, second, steps;
  // Parameters of which it is known that they have been updated.
  mutable std::vector<bool> begun;

  // A count is read from its device only as long as it may be 0.
  bool has_begun(size_t i) const { return begun[i] = begun[i] || steps[i].item<float>() > 0; }
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
    optimizer->steps.push_back(at::zeros({}, parameter.options().dtype(at::kFloat)));
  }
  optimizer->begun.resize(count);
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

// found_bad: 1 leaves everything as it is.
void update(const ctorch_optimizer &optimizer, Group &group, double rate, const std::optional<at::Tensor> &found_bad) {
  if (optimizer.is_adam) {
    at::_fused_adam_(group.parameters, group.gradients, group.first, group.second, {}, group.steps, rate,
                     optimizer.beta1, optimizer.beta2, optimizer.weight_decay, optimizer.epsilon, false, false, {},
                     found_bad);
  } else {
    if (optimizer.momentum == 0) group.first.clear();
    // Momentum that starts at 0 needs no first step of its own.
    at::_fused_sgd_(group.parameters, group.gradients, group.first, optimizer.weight_decay, optimizer.momentum, rate, 0,
                    optimizer.nesterov, false, false, {}, found_bad);
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

ctorch_status ctorch_optimizer_step(ctorch_optimizer *optimizer, const ctorch_tensor *watched) {
  return guard([&] {
    at::NoGradGuard no_grad;
    std::map<double, Group> groups;
    std::vector<at::Tensor> steps;
    for (size_t i = 0; i < optimizer->parameters.size(); ++i) {
      const auto &parameter = optimizer->parameters[i];
      auto gradient = parameter.grad();
      if (!gradient.defined()) {
        // One that never had a gradient has nothing to go on with.
        if (!optimizer->coasts || !optimizer->has_begun(i)) continue;
        gradient = at::zeros_like(parameter);
      }
      optimizer->begun[i] = true;
      steps.push_back(optimizer->steps[i]);
      auto &group = groups[optimizer->factors[i]];
      group.parameters.push_back(parameter);
      group.gradients.push_back(aligned(gradient, parameter));
      group.first.push_back(optimizer->first[i]);
      group.steps.push_back(optimizer->steps[i]);
      if (optimizer->is_adam) group.second.push_back(optimizer->second[i]);
    }
    if (steps.empty()) return;
    // Decided where the numbers are: to look at them here would have to wait for them.
    std::optional<at::Tensor> found_bad;
    if (watched) found_bad = at::isfinite(watched->value.detach()).logical_not().any().to(at::kFloat);
    if (found_bad) {
      at::_foreach_add_(steps, 1 - *found_bad);
    } else {
      at::_foreach_add_(steps, 1);
    }
    for (auto &[factor, group] : groups) update(*optimizer, group, optimizer->rate * factor, found_bad);
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

ctorch_status ctorch_optimizer_gradient_sizes(const ctorch_optimizer *optimizer, ctorch_tensor **out) {
  return ctorch::produce(out, [&] {
    at::NoGradGuard no_grad;
    std::vector<at::Tensor> gradients;
    std::vector<size_t> places;
    for (size_t i = 0; i < optimizer->parameters.size(); ++i) {
      const auto &gradient = optimizer->parameters[i].grad();
      if (!gradient.defined() || gradient.numel() == 0) continue;
      gradients.push_back(gradient);
      places.push_back(i);
    }
    const auto options = optimizer->parameters.empty() ? at::TensorOptions(at::kFloat)
                                                       : optimizer->parameters.front().options().dtype(at::kFloat);
    std::vector<at::Tensor> sizes(optimizer->parameters.size(), at::zeros({}, options));
    // The largest magnitude is finite only if all are; a sum of finite ones might not be.
    if (!gradients.empty()) {
      const auto largest = at::_foreach_norm(gradients, std::numeric_limits<double>::infinity());
      for (size_t i = 0; i < places.size(); ++i) sizes[places[i]] = largest[i].to(at::kFloat);
    }
    return sizes.empty() ? at::zeros({0}, options) : at::stack(sizes);
  });
}
}
