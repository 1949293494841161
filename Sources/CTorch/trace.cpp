// Records what a network computes by libtorch's tracer.
#include "trace.h"

#include <torch/csrc/jit/frontend/tracer.h>
#include <torch/csrc/jit/ir/constants.h>
#include <torch/csrc/jit/passes/dead_code_elimination.h>

#include <algorithm>

namespace ctorch {
namespace {

namespace tracer = torch::jit::tracer;

std::shared_ptr<Graph> recorded(const at::Tensor &input, const std::vector<std::pair<std::string, at::Tensor>> &weights,
                                const Computation &body) {
  const auto run = [&](torch::jit::Stack inputs) {
    // What is not known to the tracer would become a constant without a name, and may not ask for gradients.
    const auto &state = tracer::getTracingState();
    for (const auto &[name, tensor] : weights) tracer::setValueTrace(tensor, state->graph->addInput(name));
    torch::jit::Stack results;
    for (const auto &result : body(inputs[0].toTensor())) results.emplace_back(result);
    return results;
  };
  constexpr bool is_strict = true, is_out_of_place = true;
  const auto unnamed = [](const at::Tensor &) { return std::string(); };
  auto graph = tracer::trace({input}, run, unnamed, is_strict, is_out_of_place).first->graph;
  torch::jit::EliminateDeadCode(graph);
  return graph;
}

/// Whether two constants are the same but for whole numbers, which may be multiples of the numbers of items.
void compare(const Node *node, const Node *twin) {
  TORCH_CHECK(twin && node->kind() == twin->kind() && node->inputs().size() == twin->inputs().size(),
              "what the network does depends on the number of items: found ", node->kind().toDisplayString());
  const auto value = torch::jit::toIValue(node->output()), other = torch::jit::toIValue(twin->output());
  TORCH_CHECK(!value || !value->isDouble() || (other && *value == *other),
              "what the network does depends on the number of items: found the numbers ", value->toDouble());
  if (!value || !value->isTensor() || !other || !other->isTensor()) return;
  const auto &a = value->toTensor(), &b = other->toTensor();
  TORCH_CHECK(a.sizes() == b.sizes() && a.equal(b),
              "found values that are computed beside libtorch's operations, which cannot be followed, of shape ", a.sizes());
}

}  // namespace

Trace trace(const at::Tensor &input, const std::vector<std::pair<std::string, at::Tensor>> &weights,
            const Computation &body) {
  TORCH_CHECK(input.size(0) > 2, "expected three items or more, found ", input.size(0));
  Trace trace;
  trace.input = input;
  trace.items = input.size(0);
  trace.others = input.size(0) - 1;
  trace.graph = recorded(input, weights, [&](const at::Tensor &samples) { return trace.outputs = body(samples); });
  trace.other = recorded(input.narrow(0, 0, trace.others).contiguous(), weights, body);
  for (const auto &[name, tensor] : weights) trace.weights[name] = tensor;
  auto twin = trace.other->nodes().begin();
  for (const Node *node : trace.graph->nodes()) {
    const Node *found = twin == trace.other->nodes().end() ? nullptr : *twin++;
    if (node->kind() == torch::jit::prim::Constant) {
      compare(node, found);
    } else {
      TORCH_CHECK(found && node->kind() == found->kind(), "what the network does depends on the number of items: found ",
                  node->kind().toDisplayString());
    }
    trace.twins[node] = found;
  }
  TORCH_CHECK(twin == trace.other->nodes().end(), "what the network does depends on the number of items");
  return trace;
}

}  // namespace ctorch

extern "C" ctorch_status ctorch_onnx(const ctorch_tensor *input, ctorch_computation compute, void *context,
                                     const ctorch_tensor *const *weights, const char *const *weight_names,
                                     size_t weight_count, const char *input_name, const char *const *output_names,
                                     size_t output_count, ctorch_tensor **out) {
  return ctorch::produce(out, [&] {
    std::vector<std::pair<std::string, at::Tensor>> named;
    for (size_t i = 0; i < weight_count; ++i) named.emplace_back(weight_names[i], weights[i]->value);
    const auto body = [&](const at::Tensor &samples) {
      const ctorch_tensor handle{samples};
      std::vector<ctorch_tensor *> found(output_count, nullptr);
      const bool is_done = compute(context, &handle, found.data()) == 0;
      std::vector<at::Tensor> outputs;
      for (ctorch_tensor *output : found) {
        if (output) outputs.push_back(output->value);
        delete output;
      }
      TORCH_CHECK(is_done && outputs.size() == output_count, "the computation failed");
      return outputs;
    };
    const auto trace = ctorch::trace(input->value, named, body);
    const std::vector<std::string> outputs(output_names, output_names + output_count);
    const auto model = ctorch::onnx_model(trace, input_name, outputs);
    auto bytes = at::empty({static_cast<int64_t>(model.size())}, at::kByte);
    std::copy(model.begin(), model.end(), bytes.mutable_data_ptr<uint8_t>());
    return bytes;
  });
}
