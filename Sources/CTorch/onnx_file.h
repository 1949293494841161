// Models in ONNX's file format, a message of protocol buffers: github.com/onnx/onnx, onnx.proto.
#pragma once

#include "handles.h"

#include <string>
#include <vector>

namespace ctorch {

/// The number that ONNX gives a type of elements.
int64_t onnx_element(at::ScalarType type);

/// A message of protocol buffers as it is written.
class Message {
 public:
  void whole(int field, int64_t value);
  void real(int field, float value);
  void text(int field, const std::string &bytes);
  void message(int field, const Message &value) { text(field, value.bytes_); }
  const std::string &bytes() const { return bytes_; }

 private:
  std::string bytes_;

  void variable(uint64_t value);
};

/// An attribute of an operation.
struct OnnxAttribute {
  Message message;

  OnnxAttribute(const char *name, int64_t value);
  OnnxAttribute(const char *name, const std::vector<int64_t> &values);
  static OnnxAttribute real(const char *name, double value);
  static OnnxAttribute text(const char *name, const char *value);

 private:
  OnnxAttribute(const char *name, int type);
};

/// A graph that grows by one operation at a time; values are known by their names.
class OnnxGraph {
 public:
  using Name = std::string;

  /// An input `[items, ...]` of the shape of an example.
  void input(const Name &name, const at::Tensor &example);
  /// An output `[items, ...]` of the shape of an example.
  void output(const Name &name, const at::Tensor &example);
  /// Values that are part of the model.
  void weight(const Name &name, const at::Tensor &values);
  Name constant(const at::Tensor &values);
  /// Appends an operation; what it makes is called `name`, or by a number.
  Name add(const char *operation, const std::vector<Name> &inputs, const std::vector<OnnxAttribute> &attributes,
           Name name = "");

  /// The file.
  std::string model(int64_t operator_set) const;

 private:
  Message nodes_, weights_, ports_;
  int64_t values_ = 0, constants_ = 0;
};

}  // namespace ctorch
