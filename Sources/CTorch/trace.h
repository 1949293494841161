// What a network computes, as a list of operations.
#pragma once

#include "handles.h"

#include <torch/csrc/jit/ir/ir.h>

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace ctorch {

using torch::jit::Graph;
using torch::jit::Node;
using torch::jit::Value;

/// The same computation traced on two numbers of items: whole numbers in which the graphs differ are multiples of that
/// number.
struct Trace {
  std::shared_ptr<Graph> graph, other;
  int64_t items, others;
  at::Tensor input;
  std::vector<at::Tensor> outputs;
  /// The tensors that the graph takes after its first input, by the names of these inputs.
  std::map<std::string, at::Tensor> weights;

  /// The node of the other graph that does what one of the graph does.
  std::map<const Node *, const Node *> twins;
};

using Computation = std::function<std::vector<at::Tensor>(const at::Tensor &)>;

/// Traces `body` on `input [n, ...]` and on its first n - 1 items. Throws if what it does depends on their number
/// otherwise than in sizes.
Trace trace(const at::Tensor &input, const std::vector<std::pair<std::string, at::Tensor>> &weights,
            const Computation &body);

/// The graph in the operations of ONNX, named in errors if one has no counterpart, as the bytes of a model.
std::string onnx_model(const Trace &trace, const std::string &input, const std::vector<std::string> &outputs);

}  // namespace ctorch
