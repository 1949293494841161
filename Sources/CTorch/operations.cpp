// Element-wise operations, reductions, shapes, linear algebra and the operations networks are made of.
#include "handles.h"

#include <cmath>

using ctorch::guard;
using ctorch::list;
using ctorch::optional;
using ctorch::produce;

namespace {

template <typename Right>
at::Tensor binary(ctorch_binary_op op, const at::Tensor &a, const Right &b) {
  switch (op) {
    case CTORCH_ADD: return a + b;
    case CTORCH_SUB: return a - b;
    case CTORCH_MUL: return a * b;
    case CTORCH_DIV: return a / b;
    case CTORCH_LESS: return a < b;
    case CTORCH_EQUAL: return a == b;
    case CTORCH_FLOOR_DIVIDE: return at::floor_divide(a, b);
    case CTORCH_REMAINDER: return at::remainder(a, b);
  }
  TORCH_CHECK(false, "unknown operation ", static_cast<int>(op));
}

/// Whether a type of whole numbers has one.
bool fits(at::ScalarType type, int64_t number) {
  const auto bits = 8 * static_cast<int>(c10::elementSize(type));
  if (type == at::kBool) return false;
  if (type == at::kLong) return true;
  if (type == at::kByte) return number >= 0 && number < 256;
  return number >= -(int64_t(1) << (bits - 1)) && number < int64_t(1) << (bits - 1);
}

/// A number for an operation with `a`. For whole numbers it stays one, as libtorch would make them float32 for any
/// other; one that they cannot be combined with is refused.
at::Scalar scalar(ctorch_binary_op op, const at::Tensor &a, double b) {
  const auto type = a.scalar_type();
  if (!at::isIntegralType(type, /*includeBool=*/true)) return b;
  // A whole number is below 2.5 if it is below 3.
  if (op == CTORCH_LESS) b = std::ceil(b);
  const bool compares = op == CTORCH_LESS || op == CTORCH_EQUAL;
  TORCH_CHECK(type != at::kBool || compares, "found elements of type Bool and a number; convert them first");
  TORCH_CHECK(op != CTORCH_DIV, "found elements of type ", c10::toString(type),
              " to be divided; convert them to floating-point numbers first");
  TORCH_CHECK(b == std::trunc(b) && std::abs(b) < 9.2e18, "found elements of type ", c10::toString(type),
              " and the number ", b, "; expected a whole number, or convert the elements first");
  const auto whole = static_cast<int64_t>(b);
  TORCH_CHECK(whole != 0 || (op != CTORCH_FLOOR_DIVIDE && op != CTORCH_REMAINDER), "found a division of whole numbers by 0");
  TORCH_CHECK(compares || fits(type, whole), "found elements of type ",
              c10::toString(type), ", which cannot hold the number ", whole, "; convert them first");
  return whole;
}

std::vector<at::Tensor> collect(const ctorch_tensor *const *tensors, size_t count) {
  std::vector<at::Tensor> values;
  values.reserve(count);
  for (size_t i = 0; i < count; ++i) values.push_back(tensors[i]->value);
  return values;
}

}  // namespace

extern "C" {

ctorch_status ctorch_unary(ctorch_unary_op op, const ctorch_tensor *a, ctorch_tensor **out) {
  return produce(out, [&]() -> at::Tensor {
    switch (op) {
      case CTORCH_EXP: return a->value.exp();
      case CTORCH_LOG: return a->value.log();
      case CTORCH_SQRT: return a->value.sqrt();
      case CTORCH_SIN: return a->value.sin();
      case CTORCH_COS: return a->value.cos();
      case CTORCH_NEG: return -a->value;
      case CTORCH_RELU: return a->value.relu();
      case CTORCH_ISFINITE: return a->value.isfinite();
    }
    TORCH_CHECK(false, "unknown operation ", static_cast<int>(op));
  });
}

ctorch_status ctorch_binary(ctorch_binary_op op, const ctorch_tensor *a, const ctorch_tensor *b, ctorch_tensor **out) {
  return produce(out, [&] { return binary(op, a->value, b->value); });
}

ctorch_status ctorch_binary_scalar(ctorch_binary_op op, const ctorch_tensor *a, double b, ctorch_tensor **out) {
  return produce(out, [&] {
    const auto number = scalar(op, a->value, b);
    // Compared in their own type, whole numbers would have to hold the number themselves.
    const bool widens = number.isIntegral(false) && !fits(a->value.scalar_type(), number.toLong());
    return binary(op, widens ? a->value.to(at::kLong) : a->value, number);
  });
}

ctorch_status ctorch_where(const ctorch_tensor *condition, const ctorch_tensor *a, const ctorch_tensor *b,
                           ctorch_tensor **out) {
  return produce(out, [&] { return at::where(condition->value, a->value, b->value); });
}

ctorch_status ctorch_clamp(const ctorch_tensor *a, double low, double high, ctorch_tensor **out) {
  return produce(out, [&] {
    if (!at::isIntegralType(a->value.scalar_type(), /*includeBool=*/false)) return a->value.clamp(low, high);
    // Bounds that are no whole numbers would make whole numbers float32; infinite ones bound nothing.
    std::optional<at::Scalar> least, most;
    if (std::isfinite(low)) least = scalar(CTORCH_LESS, a->value, low);
    if (std::isfinite(high)) most = scalar(CTORCH_LESS, a->value, std::floor(high));
    return least || most ? a->value.clamp(least, most) : a->value.clone();
  });
}

ctorch_status ctorch_reduce(ctorch_reduce_op op, const ctorch_tensor *a, const int64_t *dims, size_t count, bool keep,
                            ctorch_tensor **out) {
  return produce(out, [&]() -> at::Tensor {
    const auto over = list(dims, count);
    switch (op) {
      case CTORCH_SUM: return a->value.sum(over, keep);
      case CTORCH_MEAN: return a->value.mean(over, keep);
      case CTORCH_AMIN: return a->value.amin(over, keep);
      case CTORCH_AMAX: return a->value.amax(over, keep);
    }
    TORCH_CHECK(false, "unknown reduction ", static_cast<int>(op));
  });
}

ctorch_status ctorch_argmax(const ctorch_tensor *a, int64_t dim, ctorch_tensor **out) {
  return produce(out, [&] { return a->value.argmax(dim); });
}

ctorch_status ctorch_softmax(const ctorch_tensor *a, int64_t dim, ctorch_tensor **out) {
  return produce(out, [&] { return a->value.softmax(dim, at::kFloat); });
}

ctorch_status ctorch_reshape(const ctorch_tensor *a, const int64_t *shape, size_t rank, ctorch_tensor **out) {
  return produce(out, [&] { return a->value.reshape(list(shape, rank)); });
}

ctorch_status ctorch_permute(const ctorch_tensor *a, const int64_t *dims, size_t rank, ctorch_tensor **out) {
  return produce(out, [&] { return a->value.permute(list(dims, rank)); });
}

ctorch_status ctorch_repeat(const ctorch_tensor *a, const int64_t *counts, size_t rank, ctorch_tensor **out) {
  return produce(out, [&] { return a->value.repeat(list(counts, rank)); });
}

ctorch_status ctorch_flip(const ctorch_tensor *a, int64_t dim, ctorch_tensor **out) {
  return produce(out, [&] { return a->value.flip(dim); });
}

ctorch_status ctorch_narrow(const ctorch_tensor *a, int64_t dim, int64_t start, int64_t length, ctorch_tensor **out) {
  return produce(out, [&] { return a->value.narrow(dim, start, length); });
}

ctorch_status ctorch_cat(const ctorch_tensor *const *tensors, size_t count, int64_t dim, ctorch_tensor **out) {
  return produce(out, [&] { return at::cat(collect(tensors, count), dim); });
}

ctorch_status ctorch_stack(const ctorch_tensor *const *tensors, size_t count, int64_t dim, ctorch_tensor **out) {
  return produce(out, [&] { return at::stack(collect(tensors, count), dim); });
}

ctorch_status ctorch_index_select(const ctorch_tensor *a, int64_t dim, const ctorch_tensor *index,
                                  ctorch_tensor **out) {
  return produce(out, [&] { return a->value.index_select(dim, index->value); });
}

ctorch_status ctorch_matmul(const ctorch_tensor *a, const ctorch_tensor *b, ctorch_tensor **out) {
  return produce(out, [&] { return a->value.matmul(b->value); });
}

ctorch_status ctorch_linear(const ctorch_tensor *x, const ctorch_tensor *weight, const ctorch_tensor *bias,
                            ctorch_tensor **out) {
  return produce(out, [&] { return at::linear(x->value, weight->value, optional(bias)); });
}

ctorch_status ctorch_conv2d(const ctorch_tensor *x, const ctorch_tensor *weight, const ctorch_tensor *bias,
                            int64_t stride, int64_t padding, int64_t dilation, ctorch_tensor **out) {
  return produce(out, [&] {
    return at::conv2d(x->value, weight->value, optional(bias), {stride, stride}, {padding, padding},
                      {dilation, dilation});
  });
}

ctorch_status ctorch_batch_norm(const ctorch_tensor *x, const ctorch_tensor *weight, const ctorch_tensor *bias,
                                ctorch_tensor *running_mean, ctorch_tensor *running_variance, bool training,
                                double momentum, double epsilon, ctorch_tensor **out) {
  return produce(out, [&] {
    return at::batch_norm(x->value, optional(weight), optional(bias), running_mean->value, running_variance->value, training,
                          momentum, epsilon, false);
  });
}

ctorch_status ctorch_max_pool2d(const ctorch_tensor *x, int64_t kernel, int64_t stride, int64_t padding,
                                ctorch_tensor **out) {
  return produce(out,
                 [&] { return at::max_pool2d(x->value, {kernel, kernel}, {stride, stride}, {padding, padding}); });
}

ctorch_status ctorch_global_average_pool2d(const ctorch_tensor *x, ctorch_tensor **out) {
  return produce(out, [&] { return x->value.mean({2, 3}); });
}

ctorch_status ctorch_affine_sample(const ctorch_tensor *x, const ctorch_tensor *theta, int64_t height, int64_t width,
                                   ctorch_tensor **out) {
  return produce(out, [&] {
    const auto grid = at::affine_grid_generator(theta->value, {x->value.size(0), 1, height, width}, false);
    constexpr int64_t bilinear = 0, zeros = 0;
    return at::grid_sampler(x->value, grid, bilinear, zeros, false);
  });
}

ctorch_status ctorch_zero_pad(const ctorch_tensor *x, int64_t width, ctorch_tensor **out) {
  return produce(out, [&] { return at::constant_pad_nd(x->value, {width, width, width, width}, 0); });
}

ctorch_status ctorch_replicate_pad(const ctorch_tensor *x, int64_t width, ctorch_tensor **out) {
  return produce(out, [&] { return at::replication_pad2d(x->value, {width, width, width, width}); });
}

ctorch_status ctorch_resize_bilinear(const ctorch_tensor *x, int64_t height, int64_t width, ctorch_tensor **out) {
  return produce(out, [&] { return at::upsample_bilinear2d(x->value, {height, width}, false); });
}
}
