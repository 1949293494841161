// What is global in libtorch: errors, threads, gradient mode, autocast.
#include "handles.h"

#include <ATen/Context.h>
#include <ATen/Parallel.h>
#include <ATen/Version.h>
#include <ATen/autocast_mode.h>
#include <ATen/cpu/Utils.h>
#include <c10/core/GradMode.h>
#include <torch/version.h>

#include <malloc.h>

namespace {
thread_local std::string last_error;
}

namespace ctorch {

void remember(const char *message) {
  try {
    last_error = message;
    while (!last_error.empty() && last_error.back() == '\n') last_error.pop_back();
  } catch (...) {
    last_error.clear();
  }
}

at::ScalarType scalar_type(ctorch_dtype dtype) {
  switch (dtype) {
    case CTORCH_UINT8: return at::kByte;
    case CTORCH_INT64: return at::kLong;
    case CTORCH_FLOAT32: return at::kFloat;
    case CTORCH_FLOAT64: return at::kDouble;
    case CTORCH_BFLOAT16: return at::kBFloat16;
    case CTORCH_BOOL: return at::kBool;
    case CTORCH_INT16: return at::kShort;
    case CTORCH_INT32: return at::kInt;
  }
  TORCH_CHECK(false, "unknown element type ", static_cast<int>(dtype));
}

at::Device device_from(ctorch_device device) {
  return device < 0 ? at::Device(at::kCPU) : at::Device(at::kCUDA, static_cast<at::DeviceIndex>(device));
}

}  // namespace ctorch

extern "C" {

const char *ctorch_error(void) { return last_error.c_str(); }

ctorch_status ctorch_initialize(int32_t threads) {
  return ctorch::guard([&] {
    if (threads > 0) at::set_num_threads(threads);
    // A training step frees and asks again for the same large blocks. Left to its defaults, glibc returns
    // them to the kernel each time, and the page faults cost a fifth of a step.
    constexpr int gigabyte = 1 << 30;
    mallopt(M_MMAP_THRESHOLD, gigabyte);
    mallopt(M_TRIM_THRESHOLD, gigabyte);
    mallopt(M_TOP_PAD, 1 << 26);
    // As training sharpens the outputs, gradients fall below the least normal number, with which processors compute
    // many times slower: an epoch took half as long again. Each thread has a setting of its own.
    at::globalContext().setFlushDenormal(true);
    at::parallel_for(0, at::get_num_threads(), 1, [](int64_t, int64_t) {
      at::globalContext().setFlushDenormal(true);
    });
  });
}

int32_t ctorch_threads(void) { return at::get_num_threads(); }

const char *ctorch_version(void) { return TORCH_VERSION; }

bool ctorch_cpu_has_bfloat16(void) {
  bool found = false;
  ctorch::guard([&] {
    const auto capabilities = at::cpu::get_cpu_capabilities();
    for (const char *name : {"avx512_bf16", "amx_bf16", "bf16", "arm_bf16"}) {
      const auto entry = capabilities.find(name);
      if (entry != capabilities.end() && entry->second.toBool()) found = true;
    }
  });
  return found;
}

bool ctorch_set_grad_enabled(bool enabled) {
  const bool was = c10::GradMode::is_enabled();
  c10::GradMode::set_enabled(enabled);
  return was;
}

ctorch_status ctorch_autocast_begin(ctorch_device device, ctorch_dtype dtype, bool *was_enabled) {
  return ctorch::guard([&] {
    const auto kind = ctorch::device_from(device).type();
    *was_enabled = at::autocast::is_autocast_enabled(kind);
    at::autocast::set_autocast_dtype(kind, ctorch::scalar_type(dtype));
    at::autocast::set_autocast_enabled(kind, true);
    at::autocast::increment_nesting();
  });
}

ctorch_status ctorch_autocast_end(ctorch_device device, bool was_enabled) {
  return ctorch::guard([&] {
    // The cache holds casted weights, which the next optimiser step makes stale.
    if (at::autocast::decrement_nesting() == 0) at::autocast::clear_cache();
    at::autocast::set_autocast_enabled(ctorch::device_from(device).type(), was_enabled);
  });
}
}
