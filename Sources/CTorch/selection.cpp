// Picking elements by their order.
#include "handles.h"

#include <memory>

using ctorch::guard;

extern "C" {

ctorch_status ctorch_topk(const ctorch_tensor *a, int64_t k, int64_t dim, ctorch_tensor **values,
                          ctorch_tensor **indices) {
  return guard([&] {
    auto [largest, places] = a->value.topk(k, dim);
    auto first = std::make_unique<ctorch_tensor>(ctorch_tensor{largest});
    *indices = new ctorch_tensor{places};
    *values = first.release();
  });
}

ctorch_status ctorch_eigh(const ctorch_tensor *a, ctorch_tensor **values, ctorch_tensor **vectors) {
  return guard([&] {
    auto [found, columns] = at::linalg_eigh(a->value);
    auto first = std::make_unique<ctorch_tensor>(ctorch_tensor{found});
    *vectors = new ctorch_tensor{columns};
    *values = first.release();
  });
}
}
