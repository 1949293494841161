// The joint of two maps over all displacements: sums of products of places that lie t apart, for every t of a box.
//
// Computed as a correlation by Fourier transforms of tiles, in float64: an entry that should be 0, of a cluster without
// any mass, comes out so small against the others that it can be told to be 0. In float32 it would be noise, whose
// logarithm the loss takes.
#include "handles.h"
#include "rows.h"

#include <ATen/Parallel.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/fft_irfft2.h>
#include <ATen/ops/fft_rfft2.h>
#include <ATen/ops/matmul.h>
#include <ATen/ops/stack.h>
#include <ATen/ops/zeros.h>
#include <torch/csrc/autograd/custom_function.h>

#include <array>
#include <cmath>

using ctorch::produce;
using ctorch::vectorized;
using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

namespace {

/// The smallest size from `least` on that has no prime factor above 7: transforms of such sizes are fast.
int64_t transform_size(int64_t least) {
  for (int64_t size = least;; ++size) {
    int64_t rest = size;
    for (int64_t factor : {2, 3, 5, 7})
      while (rest % factor == 0) rest /= factor;
    if (rest == 1) return size;
  }
}

/// How one side of the maps is cut.
struct Axis {
  int64_t length, reach;  // of the map; the largest displacement
  int64_t tile, size;     // the places of a tile, and of its transform
  int64_t offset;         // where in the transform a window's place of the tile's first row lies

  /// Cuts into `count` tiles. A single one needs no rim: what a circle carries round falls on zeros.
  Axis(int64_t length, int64_t reach, int64_t count)
      : length(length),
        reach(reach),
        tile((length + count - 1) / count),
        size(transform_size(count > 1 ? tile + 2 * reach : tile + std::min(reach, tile))),
        offset(count > 1 ? reach : 0) {}

  int64_t count() const { return (length + tile - 1) / tile; }
  int64_t displacements() const { return 2 * reach + 1; }
};

/// The part of an axis that a transform is filled with: `length` places from `from` on, put at `to`.
struct Span {
  int64_t from, to, length;

  /// A tile of the second map, or the window around it in the first one.
  Span(const Axis &axis, int64_t index, bool is_window) {
    const int64_t first = index * axis.tile, last = std::min(first + axis.tile, axis.length);
    const int64_t rim = is_window ? axis.offset : 0;
    from = std::max<int64_t>(first - rim, 0);
    to = from - first + rim;
    length = std::min(last + rim, axis.length) - from;
  }
};

/// The sizes of the whole computation.
struct Plan {
  int64_t images, clusters, width;  // width: clusters in whole vectors of four
  Axis rows, columns;
  int64_t frequencies, half;  // of a transform; of them along a row
  int64_t chunk;              // images whose tiles are transformed together

  Plan(const at::Tensor &maps, int64_t reach_rows, int64_t reach_columns)
      : images(maps.size(0)),
        clusters(maps.size(1)),
        width((clusters + 3) / 4 * 4),
        rows(cut(maps.size(2), reach_rows, clusters)),
        columns(cut(maps.size(3), reach_columns, clusters)),
        frequencies(rows.size * (columns.size / 2 + 1)),
        half(columns.size / 2 + 1) {
    // A few megabytes stay in the caches; more clusters make each pass over the joint's spectrum dearer.
    const int64_t bytes = 32 * clusters * frequencies, budget = clusters > 16 ? 1 << 26 : 1 << 23;
    chunk = std::clamp<int64_t>(budget / bytes, 1, images);
  }

  /// Few clusters cost transforms, whose work grows little with their size; many cost products of clusters and memory for
  /// the joint's spectrum, which grow with the number of frequencies.
  static Axis cut(int64_t length, int64_t reach, int64_t clusters) {
    const int64_t side = std::max<int64_t>(clusters > 16 ? 64 : 128, 4 * reach);
    return Axis(length, reach, length <= side + side / 2 ? 1 : (length + side - 1) / side);
  }
};

/// The spectra `[n, K, F]`, complex float64, of a tile of maps or of the window around it.
at::Tensor spectra(const at::Tensor &maps, const Plan &plan, int64_t row, int64_t column, bool is_window) {
  const Span rows(plan.rows, row, is_window), columns(plan.columns, column, is_window);
  auto padded = at::zeros({maps.size(0), plan.clusters, plan.rows.size, plan.columns.size},
                          maps.options().dtype(at::kDouble));
  padded.narrow(2, rows.to, rows.length)
      .narrow(3, columns.to, columns.length)
      .copy_(maps.narrow(2, rows.from, rows.length).narrow(3, columns.from, columns.length));
  return at::fft_rfft2(padded).contiguous();
}

/// Adds what spectra stand for to the part of the maps that they were taken from.
void add_back(at::Tensor maps, const at::Tensor &spectra, const Plan &plan, int64_t row, int64_t column,
              bool is_window) {
  const Span rows(plan.rows, row, is_window), columns(plan.columns, column, is_window);
  const std::array<int64_t, 2> size = {plan.rows.size, plan.columns.size};
  const auto values = at::fft_irfft2(spectra, size);
  maps.narrow(2, rows.from, rows.length)
      .narrow(3, columns.from, columns.length)
      .add_(values.narrow(2, rows.to, rows.length).narrow(3, columns.to, columns.length));
}

constexpr int64_t block = 8;  // frequencies that are gathered together

/// What is not inlined into the loops below would not be compiled for their vectors.
#define INLINED __attribute__((always_inline))

/// The spectra of a few frequencies, each as rows of clusters: real parts [n][width], then imaginary ones.
struct Gathered {
  std::vector<double> values;
  int64_t images, width;

  Gathered(int64_t images, int64_t width) : values(2 * block * images * width), images(images), width(width) {}
  double *real(int64_t place) { return values.data() + 2 * place * images * width; }
  double *imaginary(int64_t place) { return real(place) + images * width; }

  INLINED void take(const double *spectra, const Plan &plan, int64_t first, int64_t count) {
    for (int64_t n = 0; n < images; ++n)
      for (int64_t k = 0; k < plan.clusters; ++k) {
        const double *from = spectra + 2 * ((n * plan.clusters + k) * plan.frequencies + first);
        for (int64_t f = 0; f < count; ++f) {
          real(f)[n * width + k] = from[2 * f];
          imaginary(f)[n * width + k] = from[2 * f + 1];
        }
      }
  }

  INLINED void put(double *spectra, const Plan &plan, int64_t first, int64_t count) {
    for (int64_t n = 0; n < images; ++n)
      for (int64_t k = 0; k < plan.clusters; ++k) {
        double *to = spectra + 2 * ((n * plan.clusters + k) * plan.frequencies + first);
        for (int64_t f = 0; f < count; ++f) {
          to[2 * f] = real(f)[n * width + k];
          to[2 * f + 1] = imaginary(f)[n * width + k];
        }
      }
  }
};

/// sum += x y and sum += x conj(y) on `lanes` neighbouring clusters, of `count` terms whose rows lie `width` apart.
template <int lanes, bool conjugates>
INLINED inline void products(const double *xr, const double *xi, int64_t x_step, const double *yr, const double *yi,
                     int64_t y_step, int64_t count, double *sum_r, double *sum_i) {
  double r[lanes], i[lanes];
  for (int l = 0; l < lanes; ++l) r[l] = sum_r[l], i[l] = sum_i[l];
  for (int64_t n = 0; n < count; ++n) {
    const double ar = xr[n * x_step], ai = xi[n * x_step];
    const double *br = yr + n * y_step, *bi = yi + n * y_step;
    for (int l = 0; l < lanes; ++l) {
      if constexpr (conjugates) {
        r[l] += ar * br[l] + ai * bi[l];
        i[l] += ai * br[l] - ar * bi[l];
      } else {
        r[l] += ar * br[l] - ai * bi[l];
        i[l] += ai * br[l] + ar * bi[l];
      }
    }
  }
  for (int l = 0; l < lanes; ++l) sum_r[l] = r[l], sum_i[l] = i[l];
}

/// The same on a whole row of clusters.
template <bool conjugates>
INLINED inline void row_products(const double *xr, const double *xi, int64_t x_step, const double *yr, const double *yi,
                         int64_t y_step, int64_t count, int64_t width, double *sum_r, double *sum_i) {
  int64_t b = 0;
  for (; b + 8 <= width; b += 8)
    products<8, conjugates>(xr, xi, x_step, yr + b, yi + b, y_step, count, sum_r + b, sum_i + b);
  if (b < width) products<4, conjugates>(xr, xi, x_step, yr + b, yi + b, y_step, count, sum_r + b, sum_i + b);
}

/// Calls `body(first frequency, count, gathered x, gathered y)` for all frequencies, on all threads.
template <typename Body>
void for_frequencies(const Plan &plan, const at::Tensor &x, const at::Tensor &y, Body body) {
  const auto *from_x = static_cast<const double *>(x.const_data_ptr());
  const auto *from_y = static_cast<const double *>(y.const_data_ptr());
  at::parallel_for(0, (plan.frequencies + block - 1) / block, 1, [&](int64_t begin, int64_t end) {
    Gathered left(x.size(0), plan.width), right(x.size(0), plan.width);
    vectorized([&]() INLINED {
      for (int64_t part = begin; part < end; ++part) {
        const int64_t first = part * block, count = std::min(block, plan.frequencies - first);
        left.take(from_x, plan, first, count);
        right.take(from_y, plan, first, count);
        body(first, count, left, right);
      }
    });
  });
}

/// Adds the spectra's products X conj(Y), summed over items, to the joint's spectrum [F][2][K][width].
void add_products(const Plan &plan, const at::Tensor &x, const at::Tensor &y, double *joint) {
  const int64_t clusters = plan.clusters, width = plan.width;
  for_frequencies(plan, x, y, [=](int64_t first, int64_t count, Gathered &left, Gathered &right) INLINED {
    for (int64_t f = 0; f < count; ++f) {
      double *sum = joint + 2 * (first + f) * clusters * width;
      for (int64_t a = 0; a < clusters; ++a)
        row_products<true>(left.real(f) + a, left.imaginary(f) + a, width, right.real(f), right.imaginary(f), width,
                           left.images, width, sum + a * width, sum + (clusters + a) * width);
    }
  });
}

/// Replaces the spectra X and Y by those of the gradients: G Y and conj(G) X, with the gradient's spectrum G
/// [F][2][K][width] and its transpose.
void replace_by_gradients(const Plan &plan, at::Tensor &x, at::Tensor &y, const double *gradient,
                          const double *transposed) {
  const int64_t clusters = plan.clusters, width = plan.width;
  auto *to_x = static_cast<double *>(x.mutable_data_ptr()), *to_y = static_cast<double *>(y.mutable_data_ptr());
  for_frequencies(plan, x, y, [=](int64_t first, int64_t count, Gathered &left, Gathered &right) INLINED {
    std::vector<double> dx(2 * width), dy(2 * width);
    for (int64_t f = 0; f < count; ++f) {
      const double *g = gradient + 2 * (first + f) * clusters * width;
      const double *h = transposed + 2 * (first + f) * clusters * width;
      for (int64_t n = 0; n < left.images; ++n) {
        double *xr = left.real(f) + n * width, *xi = left.imaginary(f) + n * width;
        double *yr = right.real(f) + n * width, *yi = right.imaginary(f) + n * width;
        std::fill(dx.begin(), dx.end(), 0.0);
        std::fill(dy.begin(), dy.end(), 0.0);
        row_products<false>(yr, yi, 1, h, h + clusters * width, width, clusters, width, dx.data(), dx.data() + width);
        row_products<true>(xr, xi, 1, g, g + clusters * width, width, clusters, width, dy.data(), dy.data() + width);
        std::copy_n(dx.data(), width, xr);
        std::copy_n(dx.data() + width, width, xi);
        std::copy_n(dy.data(), width, yr);
        std::copy_n(dy.data() + width, width, yi);
      }
    }
    left.put(to_x, plan, first, count);
    right.put(to_y, plan, first, count);
  });
}

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
  const auto forward = spectrum_of(gradient, plan), backward = spectrum_of(gradient.transpose(2, 3), plan);
  const auto *g = static_cast<const double *>(forward.const_data_ptr());
  const auto *transposed = static_cast<const double *>(backward.const_data_ptr());
  for_tiles(plan, [&](int64_t row, int64_t column, int64_t first, int64_t count) {
    auto left = spectra(x.narrow(0, first, count), plan, row, column, true);
    auto right = spectra(y.narrow(0, first, count), plan, row, column, false);
    replace_by_gradients(plan, left, right, g, transposed);
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
