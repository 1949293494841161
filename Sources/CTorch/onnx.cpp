// The operations that networks and evaluation views are made of, in those of ONNX (operator set 17).
#include "onnx_file.h"
#include "trace.h"

#include <torch/csrc/jit/ir/constants.h>

#include <cmath>
#include <limits>
#include <optional>
#include <set>

namespace ctorch {
namespace {

using Name = OnnxGraph::Name;
using Numbers = std::vector<int64_t>;

constexpr int64_t operator_set = 17;

class Conversion {
 public:
  Conversion(const Trace &trace, const std::string &input) : trace_(trace), data_(input) {
    values_[trace.graph->inputs()[0]] = data_;
    for (const Value *value : trace.graph->inputs().slice(1)) {
      TORCH_CHECK(trace.weights.count(value->debugName()), "found no weight called ", value->debugName());
      values_[value] = value->debugName();
    }
  }

  std::string model(const std::vector<std::string> &outputs) {
    for (Node *node : trace_.graph->nodes()) {
      if (node->kind() == torch::jit::prim::Constant || node->kind() == torch::jit::prim::ListConstruct) continue;
      node_ = node;
      values_[node->output(0)] = result();
    }
    graph_.input(data_, trace_.input);
    size_t place = 0;
    for (const Value *output : trace_.graph->outputs()) {
      graph_.add("Identity", {of(output)}, {}, outputs[place]);
      graph_.output(outputs[place], trace_.outputs[place]);
      ++place;
    }
    // A head that is not asked has no part in it.
    for (const auto &name : used_) graph_.weight(name, trace_.weights.at(name));
    return graph_.model(operator_set);
  }

 private:
  const Trace &trace_;
  OnnxGraph graph_;
  const Name data_;
  std::map<const Value *, Name> values_;
  std::set<Name> used_;
  const Node *node_ = nullptr;  // the one being converted

  // What is made.

  template <typename... Attributes>
  Name op(const char *name, const std::vector<Name> &inputs, const Attributes &...attributes) {
    return graph_.add(name, inputs, {attributes...});
  }

  static OnnxAttribute number(const char *name, int64_t value) { return {name, value}; }
  static OnnxAttribute numbers(const char *name, const Numbers &values) { return {name, values}; }
  static OnnxAttribute real(const char *name, double value) { return OnnxAttribute::real(name, value); }
  static OnnxAttribute text(const char *name, const char *value) { return OnnxAttribute::text(name, value); }

  Name constant(const at::Tensor &tensor) { return graph_.constant(tensor); }
  Name list(const Numbers &values) { return constant(at::tensor(values, at::kLong)); }
  Name scalar(double value, at::ScalarType type) { return constant(at::scalar_tensor(value, type)); }
  Name cast(const Name &value, at::ScalarType type) { return op("Cast", {value}, number("to", onnx_element(type))); }

  /// Whole numbers, those that go with the number of items as such.
  Name sizes(size_t place) {
    const auto values = wholes(place, node_), others = wholes(place, trace_.twins.at(node_));
    if (values == others) return list(values);
    std::vector<Name> parts;
    for (size_t i = 0; i < values.size(); ++i) {
      if (values[i] == others[i]) {
        parts.push_back(list({values[i]}));
        continue;
      }
      const int64_t each = values[i] / trace_.items;
      TORCH_CHECK(each * trace_.items == values[i] && each * trace_.others == others[i], name(),
                  ": found a size that depends on the number of items otherwise than as its multiple");
      Name count = op("Slice", {op("Shape", {data_}), list({0}), list({1}), list({0})});
      parts.push_back(each == 1 ? count : op("Mul", {count, list({each})}));
    }
    return parts.size() == 1 ? parts[0] : op("Concat", parts, number("axis", 0));
  }

  // What is read.

  std::string name() const { return node_->kind().toQualString(); }
  size_t count() const { return node_->inputs().size(); }

  /// The value of an input that is no tensor of the graph.
  static std::optional<c10::IValue> known(const Node *node, size_t place) {
    return torch::jit::toIValue(node->inputs()[place]);
  }
  bool is_none(size_t place) const {
    if (place >= count() || node_->inputs()[place]->mustBeNone()) return true;
    const auto value = known(node_, place);
    return value && value->isNone();
  }
  int64_t whole(size_t place) const {
    const auto value = known(node_, place);
    TORCH_CHECK(value && (value->isInt() || value->isBool()), name(), ": expected a whole number at place ", place);
    const int64_t number = value->isBool() ? value->toBool() : value->toInt();
    const auto twin = known(trace_.twins.at(node_), place);
    TORCH_CHECK(twin && *twin == *value, name(), ": found a number that depends on the number of items");
    return number;
  }
  double real(size_t place) const {
    const auto value = known(node_, place);
    TORCH_CHECK(value && value->isScalar(), name(), ": expected a number at place ", place);
    return value->toScalar().toDouble();
  }
  Numbers wholes(size_t place) const {
    const auto values = wholes(place, node_);
    TORCH_CHECK(values == wholes(place, trace_.twins.at(node_)), name(), ": found numbers that depend on the number of items");
    return values;
  }
  static Numbers wholes(size_t place, const Node *node) {
    const Value *value = node->inputs()[place];
    if (const auto known = torch::jit::toIValue(value)) {
      if (known->isIntList()) return known->toIntVector();
      if (known->isInt()) return {known->toInt()};
    }
    Numbers numbers;
    TORCH_CHECK(value->node()->kind() == torch::jit::prim::ListConstruct, node->kind().toQualString(),
                ": expected numbers at place ", place);
    for (const Value *part : value->node()->inputs()) {
      const auto number = torch::jit::toIValue(part);
      TORCH_CHECK(number && number->isInt(), node->kind().toQualString(), ": expected numbers at place ", place);
      numbers.push_back(number->toInt());
    }
    return numbers;
  }
  /// Numbers for each of the two spatial dimensions, or the one.
  Numbers twice(size_t place, size_t dimensions) const {
    auto values = wholes(place);
    if (values.size() == 1) values.resize(dimensions, values[0]);
    return values;
  }
  at::ScalarType type(size_t place) const { return type_of(node_->inputs()[place]); }
  static at::ScalarType type_of(const Value *value) {
    const auto tensor = value->type()->cast<c10::TensorType>();
    if (tensor && tensor->scalarType()) return *tensor->scalarType();
    return at::kFloat;
  }
  Numbers shape(size_t place) const {
    const Value *value = node_->inputs()[place];
    const auto tensor = value->type()->cast<c10::TensorType>();
    TORCH_CHECK(tensor && tensor->sizes().concrete_sizes(), name(), ": expected a tensor of a known shape at place ", place);
    return *tensor->sizes().concrete_sizes();
  }
  int64_t rank(size_t place) const { return static_cast<int64_t>(shape(place).size()); }
  int64_t dimension(size_t place, int64_t rank) const {
    const int64_t value = whole(place);
    return value < 0 ? value + rank : value;
  }

  /// The tensor of this graph for one of the trace.
  Name of(const Value *value) {
    const auto found = values_.find(value);
    if (found != values_.end()) {
      if (trace_.weights.count(found->second)) used_.insert(found->second);
      return found->second;
    }
    const auto known = torch::jit::toIValue(value);
    TORCH_CHECK(known && (known->isTensor() || known->isScalar()), value->node()->kind().toQualString(),
                ": expected a tensor");
    Name made = known->isTensor() ? constant(known->toTensor()) : scalar(known->toScalar().toDouble(), at::kFloat);
    return values_[value] = made;
  }
  Name in(size_t place) { return of(node_->inputs()[place]); }
  /// An input of the type of the result of arithmetic with another one.
  Name in(size_t place, at::ScalarType wanted) {
    const auto known = torch::jit::toIValue(node_->inputs()[place]);
    if (known && known->isScalar()) {
      const auto twin = torch::jit::toIValue(trace_.twins.at(node_)->inputs()[place]);
      TORCH_CHECK(twin && *twin == *known, name(), ": found a number that depends on the number of items");
      return scalar(known->toScalar().toDouble(), wanted);
    }
    return type(place) == wanted ? in(place) : cast(in(place), wanted);
  }
  std::vector<Name> tensors(size_t place) {
    std::vector<Name> found;
    for (const Value *value : node_->inputs()[place]->node()->inputs()) found.push_back(of(value));
    return found;
  }

  // The operations.

  Name result() {
    const std::string name = node_->kind().toUnqualString();
    static const std::map<std::string, const char *> same{
        {"relu", "Relu"}, {"exp", "Exp"},   {"log", "Log"},         {"sqrt", "Sqrt"}, {"sin", "Sin"},
        {"cos", "Cos"},   {"neg", "Neg"},   {"sigmoid", "Sigmoid"}, {"tanh", "Tanh"}, {"abs", "Abs"},
        {"erf", "Erf"},   {"matmul", "MatMul"}, {"bmm", "MatMul"},  {"mm", "MatMul"}, {"logical_not", "Not"},
        {"bitwise_not", "Not"}};
    if (const auto found = same.find(name); found != same.end()) {
      std::vector<Name> inputs;
      for (size_t place = 0; place < count(); ++place) inputs.push_back(in(place));
      return op(found->second, inputs);
    }
    if (const Name value = elementwise(name); !value.empty()) return value;
    if (const Name value = rearranged(name); !value.empty()) return value;
    if (const Name value = layer(name); !value.empty()) return value;
    if (const Name value = made(name); !value.empty()) return value;
    TORCH_CHECK(false, name, ": has no counterpart in ONNX here");
  }

  Name elementwise(const std::string &name) {
    static const std::map<std::string, const char *> arithmetic{
        {"add", "Add"}, {"sub", "Sub"}, {"mul", "Mul"}, {"div", "Div"}, {"floor_divide", "Div"}, {"remainder", "Mod"}};
    static const std::map<std::string, const char *> comparisons{
        {"eq", "Equal"}, {"lt", "Less"}, {"gt", "Greater"}, {"le", "LessOrEqual"}, {"ge", "GreaterOrEqual"}};
    if (const auto found = arithmetic.find(name); found != arithmetic.end()) {
      const auto wanted = type_of(node_->output());
      if (name == "add" || name == "sub") TORCH_CHECK(is_none(2) || real(2) == 1, name, ": expected no factor");
      const bool is_real = at::isFloatingType(wanted);
      if (name == "remainder" && is_real) {  // ONNX has the remainder of C, libtorch that of Python.
        const Name a = in(0, wanted), b = in(1, wanted);
        return op("Sub", {a, op("Mul", {b, op("Floor", {op("Div", {a, b})})})});
      }
      Name value = op(found->second, {in(0, wanted), in(1, wanted)});
      return name == "floor_divide" && is_real ? op("Floor", {value}) : value;
    }
    if (const auto found = comparisons.find(name); found != comparisons.end()) {
      const auto wanted = is_tensor(1) ? at::promote_types(type(0), type(1)) : type(0);
      return op(found->second, {in(0, wanted), in(1, wanted)});
    }
    if (name == "ne") return op("Not", {op("Equal", {in(0, type(0)), in(1, type(0))})});
    if (name == "where") return op("Where", {in(0), in(1, type_of(node_->output())), in(2, type_of(node_->output()))});
    if (name == "square") return op("Mul", {in(0), in(0)});
    if (name == "pow") return op("Pow", {in(0), in(1, type(0))});
    if (name == "clamp" || name == "clamp_min" || name == "clamp_max") {
      Name value = in(0);
      const size_t low = 1, high = name == "clamp_max" ? 1 : 2;
      if (name != "clamp_max" && !is_none(low)) value = op("Max", {value, in(low, type(0))});
      if (name != "clamp_min" && !is_none(high)) value = op("Min", {value, in(high, type(0))});
      return value;
    }
    if (name == "gelu") {
      TORCH_CHECK(is_none(1) || known(node_, 1)->toStringRef() == "none", "gelu: expected no approximation");
      const Name x = in(0), half = scalar(0.5, at::kFloat), one = scalar(1, at::kFloat);
      Name erf = op("Erf", {op("Mul", {x, scalar(std::sqrt(0.5), at::kFloat)})});
      return op("Mul", {op("Mul", {x, half}), op("Add", {erf, one})});
    }
    if (name == "to" || name == "_to_copy" || name == "type_as") {
      const auto wanted = type_of(node_->output());
      return type(0) == wanted ? op("Identity", {in(0)}) : cast(in(0), wanted);
    }
    if (name == "contiguous" || name == "detach" || name == "clone" || name == "alias" || name == "dropout" ||
        name == "lift_fresh" || name == "lift")
      return op("Identity", {in(0)});
    return "";
  }

  bool is_tensor(size_t place) const {
    return node_->inputs()[place]->type()->kind() == c10::TypeKind::TensorType;
  }

  Name rearranged(const std::string &name) {
    if (name == "reshape" || name == "view" || name == "_unsafe_view") return op("Reshape", {in(0), sizes(1)});
    if (name == "permute") return op("Transpose", {in(0)}, numbers("perm", positive(wholes(1), rank(0))));
    if (name == "transpose" || name == "t") {
      Numbers order(rank(0));
      for (size_t i = 0; i < order.size(); ++i) order[i] = static_cast<int64_t>(i);
      const bool is_pair = name == "transpose";
      std::swap(order[is_pair ? dimension(1, rank(0)) : 0], order[is_pair ? dimension(2, rank(0)) : 1]);
      return op("Transpose", {in(0)}, numbers("perm", order));
    }
    if (name == "slice" || name == "narrow") return slice(name == "narrow");
    if (name == "select")
      return op("Gather", {in(0), constant(at::scalar_tensor(whole(2), at::kLong))}, number("axis", whole(1)));
    if (name == "index_select") return op("Gather", {in(0), in(2)}, number("axis", whole(1)));
    if (name == "gather") return op("GatherElements", {in(0), in(2)}, number("axis", whole(1)));
    if (name == "embedding") return op("Gather", {in(0), in(1)}, number("axis", 0));
    if (name == "cat") return op("Concat", tensors(0), number("axis", whole(1)));
    if (name == "stack") {
      std::vector<Name> parts;
      for (const Name &part : tensors(0)) parts.push_back(op("Unsqueeze", {part, list({whole(1)})}));
      return op("Concat", parts, number("axis", whole(1)));
    }
    if (name == "unsqueeze") return op("Unsqueeze", {in(0), list({whole(1)})});
    if (name == "squeeze") return op("Squeeze", {in(0), list(wholes(1))});
    if (name == "expand") return op("Expand", {in(0), sizes(1)});
    if (name == "repeat") return op("Tile", {in(0), sizes(1)});
    if (name == "flip") {
      const auto dims = wholes(1);
      return op("Slice", {in(0), list(Numbers(dims.size(), -1)),
                          list(Numbers(dims.size(), std::numeric_limits<int64_t>::min())), list(dims),
                          list(Numbers(dims.size(), -1))});
    }
    return "";
  }

  static Numbers positive(Numbers values, int64_t rank) {
    for (auto &value : values) value += value < 0 ? rank : 0;
    return values;
  }

  Name slice(bool is_narrow) {
    const int64_t along = whole(1), start = is_none(2) ? 0 : whole(2);
    int64_t end = std::numeric_limits<int64_t>::max();
    if (!is_none(3)) end = whole(3);
    if (is_narrow) end += start;
    const int64_t step = is_narrow || is_none(4) ? 1 : whole(4);
    return op("Slice", {in(0), list({start}), list({end}), list({along}), list({step})});
  }

  Name layer(const std::string &name) {
    if (name == "linear") {
      const bool is_matrix = rank(1) == 2;
      TORCH_CHECK(is_matrix, "linear: expected a matrix of weights");
      Name product = op("MatMul", {in(0), op("Transpose", {in(1)}, numbers("perm", {1, 0}))});
      return is_none(2) ? product : op("Add", {product, in(2)});
    }
    if (name == "addmm") return op("Add", {op("MatMul", {in(1), in(2)}), in(0)});
    if (name == "conv2d" || name == "conv1d" || name == "_convolution" || name == "convolution") return convolution(name);
    if (name == "batch_norm") return normalised();
    if (name == "layer_norm") {
      const auto axes = static_cast<int64_t>(wholes(1).size());
      return op("LayerNormalization", {in(0), in(2), in(3)}, number("axis", -axes), real("epsilon", real(4)));
    }
    if (name == "max_pool2d" || name == "max_pool2d_with_indices" || name == "max_pool1d" ||
        name == "max_pool1d_with_indices")
      return pooled("MaxPool");
    if (name == "avg_pool1d" || name == "avg_pool2d") return pooled("AveragePool");
    if (name == "adaptive_avg_pool2d") {
      TORCH_CHECK(wholes(1) == Numbers({1, 1}), "adaptive_avg_pool2d: expected an output of 1 by 1");
      return op("GlobalAveragePool", {in(0)});
    }
    if (name == "mean" || name == "sum" || name == "amin" || name == "amax") return reduced(name);
    if (name == "argmax")
      return op("ArgMax", {in(0)}, number("axis", whole(1)), number("keepdims", is_none(2) ? 0 : whole(2)));
    if (name == "softmax" || name == "_softmax") {
      Name value = type(0) == at::kFloat ? in(0) : cast(in(0), at::kFloat);
      return op("Softmax", {value}, number("axis", whole(1)));
    }
    if (name == "scaled_dot_product_attention") return attention();
    if (name == "constant_pad_nd") return padded("constant", scalar(real(2), type(0)));
    if (name == "replication_pad2d" || name == "replication_pad1d") return padded("edge", "");
    if (name == "reflection_pad1d" || name == "reflection_pad2d") return padded("reflect", "");
    if (name == "upsample_bilinear2d") {
      TORCH_CHECK(whole(2) == 0, "upsample_bilinear2d: expected outer edges to fit");
      Name head = op("Slice", {op("Shape", {in(0)}), list({0}), list({2}), list({0})});
      Name size = op("Concat", {head, list(wholes(1))}, number("axis", 0));
      const Name none;
      return op("Resize", {in(0), none, none, size}, text("mode", "linear"),
                text("coordinate_transformation_mode", "half_pixel"));
    }
    if (name == "grid_sampler" || name == "grid_sampler_2d") {
      TORCH_CHECK(whole(2) == 0 && whole(3) == 0, "grid_sampler: expected bilinear samples and zeros outside");
      return op("GridSample", {in(0), in(1)}, text("mode", "bilinear"), text("padding_mode", "zeros"),
                number("align_corners", whole(4)));
    }
    if (name == "affine_grid_generator") {
      const auto size = wholes(1, node_);
      const auto identity = at::eye(3).narrow(0, 0, 2).unsqueeze(0);
      const auto grid = at::affine_grid_generator(identity, {1, 1, size[2], size[3]}, whole(2) != 0);
      const auto base = at::cat({grid.reshape({1, -1, 2}), at::ones({1, size[2] * size[3], 1})}, 2);
      Name places = op("MatMul", {constant(base), op("Transpose", {in(0)}, numbers("perm", {0, 2, 1}))});
      return op("Reshape", {places, list({0, size[2], size[3], 2})});
    }
    return "";
  }

  Name convolution(const std::string &name) {
    const size_t spatial = shape(0).size() - 2;
    const auto padding = twice(4, spatial);
    const bool is_general = name == "_convolution" || name == "convolution";
    TORCH_CHECK(!is_general || whole(6) == 0, name, ": expected no transposed convolution");
    Numbers pads(padding);
    pads.insert(pads.end(), padding.begin(), padding.end());
    std::vector<Name> inputs{in(0), in(1)};
    if (!is_none(2)) inputs.push_back(in(2));
    return op("Conv", inputs, numbers("strides", twice(3, spatial)), numbers("pads", pads),
              numbers("dilations", twice(5, spatial)), number("group", whole(is_general ? 8 : 6)));
  }

  Name normalised() {
    TORCH_CHECK(whole(5) == 0, "batch_norm: expected the averages of training, not the statistics of a batch");
    const auto channels = shape(3);
    Name scale = is_none(1) ? constant(at::ones(channels)) : in(1);
    Name shift = is_none(2) ? constant(at::zeros(channels)) : in(2);
    return op("BatchNormalization", {in(0), scale, shift, in(3), in(4)}, real("epsilon", real(7)));
  }

  Name pooled(const char *kind) {
    const size_t spatial = shape(0).size() - 2;
    const bool is_mean = std::string(kind) == "AveragePool";
    const auto kernel = twice(1, spatial), padding = twice(3, spatial);
    const auto strides = wholes(2).empty() ? kernel : twice(2, spatial);
    Numbers pads(padding);
    pads.insert(pads.end(), padding.begin(), padding.end());
    if (is_mean) {
      const bool is_padded = padding != Numbers(spatial, 0);
      TORCH_CHECK(!is_padded || whole(5) == 0, "avg_pool: expected that padding does not count");
      return op(kind, {in(0)}, numbers("kernel_shape", kernel), numbers("strides", strides), numbers("pads", pads));
    }
    return op(kind, {in(0)}, numbers("kernel_shape", kernel), numbers("strides", strides), numbers("pads", pads),
              numbers("dilations", twice(4, spatial)));
  }

  Name reduced(const std::string &name) {
    const auto over = wholes(1);
    const auto keeps = number("keepdims", is_none(2) ? 0 : whole(2));
    if (name == "sum") {
      Name value = in(0, type_of(node_->output()));
      return op("ReduceSum", {value, list(over)}, keeps);
    }
    const char *kind = name == "mean" ? "ReduceMean" : name == "amin" ? "ReduceMin" : "ReduceMax";
    return op(kind, {in(0)}, numbers("axes", over), keeps);
  }

  /// softmax(q k^T / sqrt(width) + mask) v.
  Name attention() {
    const auto dims = shape(1);
    Numbers order(dims.size());
    for (size_t i = 0; i < order.size(); ++i) order[i] = static_cast<int64_t>(i);
    std::swap(order[order.size() - 1], order[order.size() - 2]);
    const double width = static_cast<double>(dims.back());
    Name scores = op("MatMul", {in(0), op("Transpose", {in(1)}, numbers("perm", order))});
    scores = op("Mul", {scores, scalar(1 / std::sqrt(width), at::kFloat)});
    if (!is_none(3)) {
      const float out = -std::numeric_limits<float>::infinity();
      scores = type(3) == at::kBool ? op("Where", {in(3), scores, scalar(out, at::kFloat)}) : op("Add", {scores, in(3)});
    }
    return op("MatMul", {op("Softmax", {scores}, number("axis", -1)), in(2)});
  }

  /// libtorch gives widths from the last dimension on, ONNX all beginnings and then all ends.
  Name padded(const char *mode, const Name &filling) {
    const auto widths = wholes(1);
    const int64_t dims = rank(0);
    Numbers pads(2 * dims, 0);
    for (size_t i = 0; i < widths.size(); ++i)
      pads[dims - 1 - static_cast<int64_t>(i) / 2 + (i % 2) * dims] = widths[i];
    std::vector<Name> inputs{in(0), list(pads)};
    if (!filling.empty()) inputs.push_back(filling);
    return op("Pad", inputs, text("mode", mode));
  }

  Name made(const std::string &name) {
    const auto filled = [&](double value) {
      return op("Expand", {scalar(value, type_of(node_->output())), sizes(0)});
    };
    if (name == "zeros") return filled(0);
    if (name == "ones") return filled(1);
    if (name == "full") return filled(real(1));
    if (name == "arange") {
      Name end = op("Squeeze", {sizes(0), list({0})});
      Name range = op("Range", {constant(at::scalar_tensor(0, at::kLong)), end, constant(at::scalar_tensor(1, at::kLong))});
      return cast(range, type_of(node_->output()));
    }
    return "";
  }
};

}  // namespace

std::string onnx_model(const Trace &trace, const std::string &input, const std::vector<std::string> &outputs) {
  return Conversion(trace, input).model(outputs);
}

}  // namespace ctorch
