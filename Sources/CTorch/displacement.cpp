// The joint of two maps over all displacements: sums of products of places that lie t apart, for every t of a box.
//
// Computed as a correlation by Fourier transforms of tiles, in float64: an entry that should be 0, of a cluster without
// any mass, comes out so small against the others that it can be told to be 0. In float32 it would be noise, whose
// logarithm the loss takes.
#include "handles.h"
#include "spectra.h"

#include <ATen/ops/empty.h>
#include <ATen/ops/matmul.h>
#include <ATen/ops/stack.h>
#include <ATen/ops/zeros.h>
#include <torch/csrc/autograd/custom_function.h>

#include <array>
#include <cmath>

using ctorch::Axis;
using ctorch::Plan;
using ctorch::produce;
using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

namespace {

/// cos and sin of 2 pi f m / size, [2, frequencies, displacements], where m = t + offset.
at::Tensor waves(const Axis &axis, int64_t frequencies) {
  auto table = at::empty({2, frequencies, axis.displacements()}, at::kDouble);
  auto *values = table.mutable_data_ptr<double>();
  const int64_t count = frequencies * axis.displacements();
  for (int64_t f = 0; f < frequencies; ++f)
    for (int64_t t = 0; t < axis.displacements(); ++t) {
      const int64_t turns = f * (t - axis.reach + axis.offset + axis.size) % axis.size;
      const double angle = 2 * M_PI * turns / axis.size;
      values[f * axis.displacements() + t] = std::cos(angle);
      values[count + f * axis.displacements() + t] = std::sin(angle);
    }
  return table;
}

/// The joint [T, T', K, K] of a spectrum [S, F, 2, K, width]: an inverse transform at the displacements alone.
at::Tensor joint_of(const at::Tensor &spectrum, const Plan &plan) {
  const int64_t pairs = plan.clusters * plan.width, t = plan.rows.displacements();
  const auto down = waves(plan.rows, plan.rows.size), across = waves(plan.columns, plan.half);
  // Along the columns first: [T, F, 2, K width], a slab of frequencies at a time.
  auto partly = at::empty({t, plan.half, 2, pairs}, at::kDouble);
  const auto cosine = down[0].t().contiguous(), sine = down[1].t().contiguous();  // [T, S]
  const auto flat = spectrum.view({plan.rows.size, plan.half, 2, pairs});
  const int64_t slab = std::max<int64_t>(1, (1 << 21) / (plan.rows.size * pairs));
  for (int64_t first = 0; first < plan.half; first += slab) {
    const int64_t count = std::min(slab, plan.half - first);
    const auto part = flat.narrow(1, first, count);
    const auto real = part.select(2, 0).reshape({plan.rows.size, -1});
    const auto imaginary = part.select(2, 1).reshape({plan.rows.size, -1});
    auto to = partly.narrow(1, first, count);
    to.select(2, 0).copy_((at::matmul(cosine, real) - at::matmul(sine, imaginary)).view({t, count, pairs}));
    to.select(2, 1).copy_((at::matmul(cosine, imaginary) + at::matmul(sine, real)).view({t, count, pairs}));
  }
  // Then along the rows, of which half the frequencies stand for all: [T', 2 F].
  auto weights = at::stack({across[0].t(), -across[1].t()}, 2).contiguous();  // [T', F, 2]
  auto *weight = weights.mutable_data_ptr<double>();
  const double scale = 1.0 / static_cast<double>(plan.rows.size * plan.columns.size);
  for (int64_t row = 0; row < weights.size(0); ++row)
    for (int64_t f = 0; f < plan.half; ++f) {
      const bool is_single = f == 0 || 2 * f == plan.columns.size;
      for (int part = 0; part < 2; ++part) weight[(row * plan.half + f) * 2 + part] *= is_single ? scale : 2 * scale;
    }
  const auto joint = at::matmul(weights.view({-1, 2 * plan.half}), partly.view({t, 2 * plan.half, pairs}));
  return joint.view({t, plan.columns.displacements(), plan.clusters, plan.width}).narrow(3, 0, plan.clusters);
}

/// The spectrum [S, F, 2, K, width] of a gradient [T, T', K, K], to be convolved with.
at::Tensor spectrum_of(const at::Tensor &gradient, const Plan &plan) {
  const int64_t pairs = plan.clusters * plan.width, t = plan.rows.displacements();
  const auto down = waves(plan.rows, plan.rows.size), across = waves(plan.columns, plan.half);
  auto padded = at::zeros({t, plan.columns.displacements(), plan.clusters, plan.width}, at::kDouble);
  padded.narrow(3, 0, plan.clusters).copy_(gradient);
  const auto waves_across = at::stack({across[0], -across[1]}, 1).reshape({2 * plan.half, -1});  // [2 F, T']
  const auto partly = at::matmul(waves_across, padded.view({t, -1, pairs})).view({t, plan.half, 2, pairs});
  auto spectrum = at::empty({plan.rows.size, plan.half, 2, pairs}, at::kDouble);
  const int64_t slab = std::max<int64_t>(1, (1 << 21) / (plan.rows.size * pairs));
  for (int64_t first = 0; first < plan.half; first += slab) {
    const int64_t count = std::min(slab, plan.half - first);
    const auto part = partly.narrow(1, first, count);
    const auto real = part.select(2, 0).reshape({t, -1}), imaginary = part.select(2, 1).reshape({t, -1});
    auto to = spectrum.narrow(1, first, count);
    const std::array<int64_t, 3> shape = {plan.rows.size, count, pairs};
    to.select(2, 0).copy_((at::matmul(down[0], real) + at::matmul(down[1], imaginary)).view(shape));
    to.select(2, 1).copy_((at::matmul(down[0], imaginary) - at::matmul(down[1], real)).view(shape));
  }
  return spectrum;
}

/// Calls `body(row, column, first image, images)` for all tiles.
template <typename Body>
void for_tiles(const Plan &plan, Body body) {
  for (int64_t row = 0; row < plan.rows.count(); ++row)
    for (int64_t column = 0; column < plan.columns.count(); ++column)
      for (int64_t first = 0; first < plan.images; first += plan.chunk)
        body(row, column, first, std::min(plan.chunk, plan.images - first));
}

/// The joint of maps [n, K, H, W], float64.
at::Tensor joint(const at::Tensor &x, const at::Tensor &y, const Plan &plan) {
  auto spectrum = at::zeros({plan.rows.size, plan.half, 2, plan.clusters, plan.width}, at::kDouble);
  for_tiles(plan, [&](int64_t row, int64_t column, int64_t first, int64_t count) {
    add_products(plan, spectra(x.narrow(0, first, count), plan, row, column, true),
                 spectra(y.narrow(0, first, count), plan, row, column, false), spectrum.mutable_data_ptr<double>());
  });
  const auto sums = joint_of(spectrum, plan);
  // Below the rounding of the largest sum there can be nothing but 0.
  const double least = 1e-15 * static_cast<double>(plan.images * plan.rows.length * plan.columns.length);
  return sums.where(sums.abs() > least, at::zeros({}, at::kDouble));
}

/// Adds the gradients of maps whose joint's gradient is given.
void add_gradients(const at::Tensor &x, const at::Tensor &y, const at::Tensor &gradient, const Plan &plan,
                   at::Tensor dx, at::Tensor dy) {
  const auto spectrum = spectrum_of(gradient, plan);
  const auto *g = static_cast<const double *>(spectrum.const_data_ptr());
  for_tiles(plan, [&](int64_t row, int64_t column, int64_t first, int64_t count) {
    auto left = spectra(x.narrow(0, first, count), plan, row, column, true);
    auto right = spectra(y.narrow(0, first, count), plan, row, column, false);
    replace_by_gradients(plan, left, right, g);
    add_back(dx.narrow(0, first, count), left, plan, row, column, true);
    add_back(dy.narrow(0, first, count), right, plan, row, column, false);
  });
}

/// Keeps the two maps for its gradient and nothing else.
struct DisplacedJoint : torch::autograd::Function<DisplacedJoint> {
  static at::Tensor forward(AutogradContext *context, const at::Tensor &x, const at::Tensor &y, int64_t rows,
                            int64_t columns) {
    context->save_for_backward({x, y});
    context->saved_data["rows"] = rows;
    context->saved_data["columns"] = columns;
    std::vector<at::Tensor> joints;
    for (int64_t s = 0; s < x.size(1); ++s)
      joints.push_back(joint(x.select(1, s).cpu(), y.select(1, s).cpu(), Plan(x.select(1, s), rows, columns)));
    return at::stack(joints).to(x.device());
  }

  static variable_list backward(AutogradContext *context, const variable_list &gradients) {
    const auto saved = context->get_saved_variables();
    const auto &x = saved[0], &y = saved[1];
    const auto rows = context->saved_data["rows"].toInt(), columns = context->saved_data["columns"].toInt();
    const auto gradient = gradients[0].to(at::kCPU, at::kDouble);
    auto dx = at::zeros(x.sizes(), x.options().device(at::kCPU));
    auto dy = at::zeros(y.sizes(), y.options().device(at::kCPU));
    for (int64_t s = 0; s < x.size(1); ++s)
      add_gradients(x.select(1, s).cpu(), y.select(1, s).cpu(), gradient[s], Plan(x.select(1, s), rows, columns),
                    dx.select(1, s), dy.select(1, s));
    return {dx.to(x.device()), dy.to(x.device()), {}, {}};
  }
};

}  // namespace

extern "C" ctorch_status ctorch_displaced_joint(const ctorch_tensor *x, const ctorch_tensor *y, int64_t rows,
                                                int64_t columns, ctorch_tensor **out) {
  return produce(out, [&] {
    const at::Tensor &one = x->value, &other = y->value;
    TORCH_CHECK(one.dim() == 5 && one.sizes() == other.sizes() && one.numel() > 0,
                "expected two maps [n, S, K, H, W] of one shape, found ", one.sizes(), " and ", other.sizes());
    TORCH_CHECK(at::isFloatingType(one.scalar_type()) && one.scalar_type() == other.scalar_type(),
                "expected maps of one floating-point type, found ", one.scalar_type(), " and ", other.scalar_type());
    TORCH_CHECK(0 <= rows && rows < one.size(3) && 0 <= columns && columns < one.size(4),
                "expected displacements below the map's sides, ", one.size(3), " and ", one.size(4), "; found ", rows,
                " and ", columns);
    return DisplacedJoint::apply(one, other, rows, columns);
  });
}