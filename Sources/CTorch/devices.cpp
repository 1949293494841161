// CUDA devices: loading them, waiting for them, and copies from them that nobody waits for.
#include "handles.h"

#include <ATen/Context.h>
#include <ATen/detail/CUDAHooksInterface.h>
#include <c10/core/CachingDeviceAllocator.h>
#include <c10/core/Event.h>
#include <c10/core/impl/VirtualGuardImpl.h>

#include <dlfcn.h>
#include <link.h>

#include <memory>
#include <optional>

using ctorch::guard;

/// A tensor's values on their way to the CPU.
struct ctorch_readback {
  at::Tensor copy;
  // When the copy is complete; none where it was at once.
  std::optional<c10::Event> done;
};

namespace {

/// The folder of the libtorch that this process runs with.
std::string libtorch_folder() {
  void *library = dlopen("libtorch_cpu.so", RTLD_LAZY | RTLD_NOLOAD);
  link_map *map = nullptr;
  if (!library || dlinfo(library, RTLD_DI_LINKMAP, &map) != 0) return {};
  const std::string path = map->l_name;
  dlclose(library);
  const auto slash = path.rfind('/');
  return slash == std::string::npos ? std::string() : path.substr(0, slash);
}

/// Loads what registers CUDA with libtorch, once; the reason why not, or nothing.
const std::string &loading_error() {
  static const std::string error = []() -> std::string {
    const auto folder = libtorch_folder();
    const auto path = folder.empty() ? "libtorch_cuda.so" : folder + "/libtorch_cuda.so";
    if (dlopen(path.c_str(), RTLD_NOW | RTLD_GLOBAL)) return {};
    const char *reason = dlerror();
    return reason ? reason : "libtorch_cuda.so cannot be loaded";
  }();
  return error;
}

c10::impl::VirtualGuardImpl runtime_of(at::Device device) { return c10::impl::VirtualGuardImpl(device.type()); }

}  // namespace

extern "C" {

ctorch_status ctorch_load_cuda(int32_t *device_count) {
  return guard([&] {
    const auto &error = loading_error();
    TORCH_CHECK(error.empty(), "this libtorch has no CUDA that can be loaded: ", error);
    TORCH_CHECK(at::hasCUDA(), "libtorch's CUDA was loaded and found no device, or no driver for one");
    // Float32 is what its name says on every device, and equal steps give equal numbers.
    at::globalContext().setFloat32Precision(at::Float32Backend::CUDA, at::Float32Op::CONV, at::Float32Precision::IEEE);
    at::globalContext().setDeterministicCuDNN(true);
    *device_count = static_cast<int32_t>(at::detail::getCUDAHooks().getNumGPUs());
  });
}

ctorch_status ctorch_synchronize(ctorch_device device) {
  return guard([&] {
    const auto place = ctorch::device_from(device);
    if (!place.is_cpu()) runtime_of(place).synchronizeDevice(place.index());
  });
}

ctorch_status ctorch_peak_memory(ctorch_device device, int64_t *bytes) {
  return guard([&] {
    const auto place = ctorch::device_from(device);
    TORCH_CHECK(!place.is_cpu(), "libtorch does not count the memory of the CPU");
    const auto statistics = c10::getDeviceAllocator(place.type())->getDeviceStats(place.index());
    // The first of the counts is that of all kinds of blocks.
    *bytes = statistics.reserved_bytes[0].peak;
  });
}

ctorch_status ctorch_move(ctorch_tensor *tensor, ctorch_device device) {
  return guard([&] {
    if (tensor->value.device() == ctorch::device_from(device)) return;
    TORCH_CHECK(tensor->value.is_leaf(), "a tensor that was computed from parameters cannot be moved in place");
    const auto moved = tensor->value.detach().to(ctorch::device_from(device));
    tensor->value = moved.requires_grad_(tensor->value.requires_grad());
  });
}

ctorch_status ctorch_readback_begin(const ctorch_tensor *tensor, ctorch_readback **out) {
  return guard([&] {
    const auto value = tensor->value.detach();
    auto readback = std::make_unique<ctorch_readback>();
    if (value.is_cpu()) {
      readback->copy = value;
    } else {
      constexpr bool is_asynchronous = true;
      readback->copy = value.to(at::kCPU, value.scalar_type(), is_asynchronous);
      readback->done.emplace(value.device().type());
      readback->done->record(runtime_of(value.device()).getStream(value.device()));
    }
    *out = readback.release();
  });
}

ctorch_status ctorch_readback_finish(const ctorch_readback *readback, ctorch_tensor **out) {
  return ctorch::produce(out, [&] {
    if (readback->done) readback->done->synchronize();
    return readback->copy;
  });
}

void ctorch_readback_free(ctorch_readback *readback) { delete readback; }
}
