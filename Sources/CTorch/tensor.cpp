// Making tensors, reading them, random numbers, gradients.
#include "handles.h"

#include <ATen/TracerMode.h>

#include <ATen/CPUGeneratorImpl.h>
#include <c10/core/GradMode.h>

#include <cstring>

using ctorch::guard;
using ctorch::list;
using ctorch::produce;

extern "C" {

ctorch_status ctorch_generator_new(uint64_t seed, ctorch_generator **out) {
  return guard([&] { *out = new ctorch_generator{at::make_generator<at::CPUGeneratorImpl>(seed)}; });
}

void ctorch_generator_free(ctorch_generator *generator) { delete generator; }

ctorch_status ctorch_rand(const int64_t *shape, size_t rank, ctorch_generator *generator, ctorch_tensor **out) {
  return produce(out, [&] { return at::rand(list(shape, rank), generator->value, at::kFloat); });
}

ctorch_status ctorch_randn(const int64_t *shape, size_t rank, ctorch_generator *generator, ctorch_tensor **out) {
  return produce(out, [&] { return at::randn(list(shape, rank), generator->value, at::kFloat); });
}

ctorch_status ctorch_from_bytes(const void *bytes, size_t count, const int64_t *shape, size_t rank,
                                ctorch_dtype dtype, ctorch_tensor **out) {
  return produce(out, [&] {
    // A computation that is recorded has the values as a constant, not the memory that they are copied to.
    const at::tracer::impl::NoTracerDispatchMode unrecorded;
    auto tensor = at::empty(list(shape, rank), ctorch::scalar_type(dtype));
    TORCH_CHECK(tensor.nbytes() == count, "the shape needs ", tensor.nbytes(), " bytes, ", count, " were given");
    if (count > 0) std::memcpy(tensor.mutable_data_ptr(), bytes, count);
    return tensor;
  });
}

ctorch_status ctorch_full(const int64_t *shape, size_t rank, double value, ctorch_dtype dtype, ctorch_device device,
                          ctorch_tensor **out) {
  return produce(out, [&] {
    auto options = at::TensorOptions(ctorch::scalar_type(dtype)).device(ctorch::device_from(device));
    return at::full(list(shape, rank), value, options);
  });
}

ctorch_status ctorch_copy_bytes(const ctorch_tensor *tensor, void *bytes, size_t count) {
  return guard([&] {
    TORCH_CHECK(!at::tracer::impl::is_dispatch_enabled(), "values are read while the computation is recorded");
    auto plain = tensor->value.detach().to(at::kCPU).contiguous();
    TORCH_CHECK(plain.nbytes() == count, "the tensor has ", plain.nbytes(), " bytes, ", count, " were asked for");
    if (count > 0) std::memcpy(bytes, plain.const_data_ptr(), count);
  });
}

ctorch_status ctorch_item(const ctorch_tensor *tensor, double *out) {
  return guard([&] { *out = tensor->value.item().toDouble(); });
}

void ctorch_free(ctorch_tensor *tensor) { delete tensor; }

int64_t ctorch_rank(const ctorch_tensor *tensor) { return tensor->value.dim(); }
int64_t ctorch_size(const ctorch_tensor *tensor, int64_t dimension) {
  return tensor->value.sizes()[static_cast<size_t>(dimension)];
}
int64_t ctorch_count(const ctorch_tensor *tensor) { return tensor->value.numel(); }

ctorch_status ctorch_dtype_of(const ctorch_tensor *tensor, ctorch_dtype *out) {
  return guard([&] {
    for (int dtype = CTORCH_UINT8; dtype <= CTORCH_INT32; ++dtype) {
      if (ctorch::scalar_type(static_cast<ctorch_dtype>(dtype)) == tensor->value.scalar_type()) {
        *out = static_cast<ctorch_dtype>(dtype);
        return;
      }
    }
    TORCH_CHECK(false, "element type ", tensor->value.scalar_type(), " has no counterpart here");
  });
}

ctorch_device ctorch_device_of(const ctorch_tensor *tensor) {
  return tensor->value.is_cpu() ? -1 : tensor->value.device().index();
}

ctorch_status ctorch_to(const ctorch_tensor *tensor, ctorch_dtype dtype, ctorch_device device, ctorch_tensor **out) {
  return produce(out, [&] {
    const auto place = ctorch::device_from(device);
    const auto &value = tensor->value;
    // From memory that the system cannot move away, the copy runs beside what the device computes, and nobody waits.
    const bool is_upload = value.is_cpu() && !place.is_cpu();
    return (is_upload ? value.pin_memory() : value).to(place, ctorch::scalar_type(dtype), is_upload);
  });
}

ctorch_status ctorch_contiguous(const ctorch_tensor *tensor, bool channels_last, ctorch_tensor **out) {
  return produce(out, [&] {
    if (!channels_last) return tensor->value.contiguous();
    const auto value = tensor->value.contiguous(at::MemoryFormat::ChannelsLast);
    // With one channel both layouts are the same bytes, and libtorch goes by the strides: without these it
    // would take the tensor, and all that is computed from it, for channels first.
    const int64_t height = value.size(2), width = value.size(3);
    if (value.size(1) == 1 && !at::tracer::impl::is_dispatch_enabled()) return value.as_strided(value.sizes(), {height * width, 1, width, 1});
    return value;
  });
}

bool ctorch_is_channels_last(const ctorch_tensor *tensor) {
  return tensor->value.dim() == 4 && tensor->value.is_contiguous(at::MemoryFormat::ChannelsLast);
}

ctorch_status ctorch_assign(ctorch_tensor *tensor, const ctorch_tensor *source) {
  return guard([&] {
    TORCH_CHECK(tensor->value.sizes() == source->value.sizes(), "shape ", source->value.sizes(),
                " does not fit shape ", tensor->value.sizes());
    at::NoGradGuard no_grad;
    tensor->value.copy_(source->value);
  });
}

ctorch_status ctorch_require_grad(ctorch_tensor *tensor) {
  return guard([&] { tensor->value.requires_grad_(true); });
}

bool ctorch_requires_grad(const ctorch_tensor *tensor) { return tensor->value.requires_grad(); }

ctorch_status ctorch_detach(const ctorch_tensor *tensor, ctorch_tensor **out) {
  return produce(out, [&] { return tensor->value.detach(); });
}

ctorch_status ctorch_backward(const ctorch_tensor *tensor) {
  return guard([&] { tensor->value.backward(); });
}

ctorch_status ctorch_grad(const ctorch_tensor *tensor, ctorch_tensor **out) {
  return guard([&] {
    auto gradient = tensor->value.grad();
    *out = gradient.defined() ? new ctorch_tensor{gradient} : nullptr;
  });
}
}
