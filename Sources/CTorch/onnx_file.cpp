// Writes the messages of a model. The numbers of their fields are those of onnx.proto.
#include "onnx_file.h"

#include <cstring>
#include <limits>

namespace ctorch {

int64_t onnx_element(at::ScalarType type) {
  switch (type) {
    case at::kFloat: return 1;
    case at::kByte: return 2;
    case at::kShort: return 5;
    case at::kInt: return 6;
    case at::kLong: return 7;
    case at::kBool: return 9;
    case at::kDouble: return 11;
    default: TORCH_CHECK(false, "found elements of type ", c10::toString(type), ", which models are not exported with");
  }
}

namespace {

enum Wire { variable_wire = 0, bytes_wire = 2, four_wire = 5 };

/// The type of a tensor of any number of items.
Message port(const std::string &name, const at::Tensor &example) {
  Message shape, tensor, type, port;
  for (int64_t i = 0; i < example.dim(); ++i) {
    Message dimension;
    if (i == 0) {
      dimension.text(2, "items");
    } else {
      dimension.whole(1, example.size(i));
    }
    shape.message(1, dimension);
  }
  tensor.whole(1, onnx_element(example.scalar_type()));
  tensor.message(2, shape);
  type.message(1, tensor);
  port.text(1, name);
  port.message(2, type);
  return port;
}

}  // namespace

void Message::variable(uint64_t value) {
  for (; value >= 128; value >>= 7) bytes_.push_back(static_cast<char>(value | 128));
  bytes_.push_back(static_cast<char>(value));
}

void Message::whole(int field, int64_t value) {
  variable(field << 3 | variable_wire);
  variable(static_cast<uint64_t>(value));
}

void Message::real(int field, float value) {
  variable(field << 3 | four_wire);
  char bytes[sizeof value];
  std::memcpy(bytes, &value, sizeof value);
  bytes_.append(bytes, sizeof value);
}

void Message::text(int field, const std::string &bytes) {
  variable(field << 3 | bytes_wire);
  variable(bytes.size());
  bytes_ += bytes;
}

OnnxAttribute::OnnxAttribute(const char *name, int type) {
  message.text(1, name);
  message.whole(20, type);
}

OnnxAttribute::OnnxAttribute(const char *name, int64_t value) : OnnxAttribute(name, 2) { message.whole(3, value); }

OnnxAttribute::OnnxAttribute(const char *name, const std::vector<int64_t> &values) : OnnxAttribute(name, 7) {
  for (const auto value : values) message.whole(8, value);
}

OnnxAttribute OnnxAttribute::real(const char *name, double value) {
  OnnxAttribute attribute(name, 1);
  attribute.message.real(2, static_cast<float>(value));
  return attribute;
}

OnnxAttribute OnnxAttribute::text(const char *name, const char *value) {
  OnnxAttribute attribute(name, 3);
  attribute.message.text(4, value);
  return attribute;
}

void OnnxGraph::input(const Name &name, const at::Tensor &example) { ports_.message(11, port(name, example)); }

void OnnxGraph::output(const Name &name, const at::Tensor &example) { ports_.message(12, port(name, example)); }

void OnnxGraph::weight(const Name &name, const at::Tensor &values) {
  const auto held = values.detach().cpu().contiguous();
  Message tensor;
  for (const auto size : held.sizes()) tensor.whole(1, size);
  tensor.whole(2, onnx_element(held.scalar_type()));
  tensor.text(8, name);
  tensor.text(9, std::string(static_cast<const char *>(held.const_data_ptr()), held.nbytes()));
  weights_.message(5, tensor);
}

OnnxGraph::Name OnnxGraph::constant(const at::Tensor &values) {
  const Name name = "constant." + std::to_string(constants_++);
  weight(name, values);
  return name;
}

OnnxGraph::Name OnnxGraph::add(const char *operation, const std::vector<Name> &inputs,
                               const std::vector<OnnxAttribute> &attributes, Name name) {
  if (name.empty()) name = "value." + std::to_string(values_++);
  Message node;
  for (const auto &input : inputs) node.text(1, input);
  node.text(2, name);
  node.text(3, std::string(operation) + " to " + name);
  node.text(4, operation);
  for (const auto &attribute : attributes) node.message(5, attribute.message);
  nodes_.message(1, node);
  return name;
}

std::string OnnxGraph::model(int64_t operator_set) const {
  Message operators, model;
  operators.text(1, "");
  operators.whole(2, operator_set);
  constexpr int64_t format = 8;
  model.whole(1, format);
  model.text(2, "iic");
  Message name;
  name.text(2, "network");
  const auto size = nodes_.bytes().size() + weights_.bytes().size();
  TORCH_CHECK(size < (size_t(1) << 31) - (1 << 20), "found a network of ", size, " bytes; a model's file has less than 2 GiB");
  model.text(7, nodes_.bytes() + name.bytes() + weights_.bytes() + ports_.bytes());
  model.message(8, operators);
  return model.bytes();
}

}  // namespace ctorch
