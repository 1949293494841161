// The types behind the handles, and the guard that keeps C++ exceptions on this side of the boundary.
#pragma once

#include "ctorch.h"

#include <ATen/ATen.h>

#include <exception>
#include <string>

struct ctorch_tensor {
  at::Tensor value;
};

struct ctorch_generator {
  at::Generator value;
};

namespace ctorch {

void remember(const char *message);

/// Runs `body`; turns any exception into status 1 and keeps its message.
template <typename Body>
ctorch_status guard(Body body) noexcept {
  try {
    body();
    return 0;
  } catch (const c10::Error &error) {
    remember(error.what_without_backtrace());
  } catch (const std::exception &error) {
    remember(error.what());
  } catch (...) {
    remember("an exception of an unknown kind");
  }
  return 1;
}

/// Runs `body`, which returns a tensor, and hands that tensor to the caller.
template <typename Body>
ctorch_status produce(ctorch_tensor **out, Body body) noexcept {
  return guard([&] { *out = new ctorch_tensor{body()}; });
}

at::ScalarType scalar_type(ctorch_dtype dtype);
at::Device device_from(ctorch_device device);

inline at::IntArrayRef list(const int64_t *values, size_t count) { return at::IntArrayRef(values, count); }

/// Null stands for an absent tensor.
inline at::Tensor optional(const ctorch_tensor *tensor) { return tensor ? tensor->value : at::Tensor(); }

}  // namespace ctorch
