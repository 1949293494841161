// libtorch's own optimisers.
#include "handles.h"

#include <torch/optim/adam.h>
#include <torch/optim/sgd.h>

#include <memory>

using ctorch::guard;

struct ctorch_optimizer {
  std::unique_ptr<torch::optim::Optimizer> value;
};

namespace {

std::vector<at::Tensor> collect(ctorch_tensor *const *parameters, size_t count) {
  std::vector<at::Tensor> values;
  values.reserve(count);
  for (size_t i = 0; i < count; ++i) values.push_back(parameters[i]->value);
  return values;
}

}  // namespace

extern "C" {

ctorch_status ctorch_adam_new(ctorch_tensor *const *parameters, size_t count, double rate, double beta1, double beta2,
                              double epsilon, double weight_decay, ctorch_optimizer **out) {
  return guard([&] {
    auto options = torch::optim::AdamOptions(rate).betas({beta1, beta2}).eps(epsilon).weight_decay(weight_decay);
    *out = new ctorch_optimizer{std::make_unique<torch::optim::Adam>(collect(parameters, count), options)};
  });
}

ctorch_status ctorch_sgd_new(ctorch_tensor *const *parameters, size_t count, double rate, double momentum,
                             double weight_decay, bool nesterov, ctorch_optimizer **out) {
  return guard([&] {
    auto options = torch::optim::SGDOptions(rate).momentum(momentum).weight_decay(weight_decay).nesterov(nesterov);
    *out = new ctorch_optimizer{std::make_unique<torch::optim::SGD>(collect(parameters, count), options)};
  });
}

void ctorch_optimizer_free(ctorch_optimizer *optimizer) { delete optimizer; }

ctorch_status ctorch_optimizer_step(ctorch_optimizer *optimizer) {
  return guard([&] { optimizer->value->step(); });
}

ctorch_status ctorch_optimizer_zero_grad(ctorch_optimizer *optimizer) {
  return guard([&] { optimizer->value->zero_grad(); });
}

ctorch_status ctorch_optimizer_set_rate(ctorch_optimizer *optimizer, double rate) {
  return guard([&] {
    for (auto &group : optimizer->value->param_groups()) group.options().set_lr(rate);
  });
}
}
