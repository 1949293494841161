#include "spectra.h"

#include "rows.h"

#include <ATen/ops/fft_irfft2.h>
#include <ATen/ops/fft_rfft2.h>
#include <ATen/ops/zeros.h>

#include <array>

namespace ctorch {

int64_t transform_size(int64_t least) {
  for (int64_t size = least;; ++size) {
    int64_t rest = size;
    for (int64_t factor : {2, 3, 5, 7})
      while (rest % factor == 0) rest /= factor;
    if (rest == 1) return size;
  }
}

at::Tensor spectra(const at::Tensor &maps, const Plan &plan, int64_t row, int64_t column, bool is_window) {
  const Span rows(plan.rows, row, is_window), columns(plan.columns, column, is_window);
  auto padded = at::zeros({maps.size(0), plan.clusters, plan.rows.size, plan.columns.size},
                          maps.options().dtype(at::kDouble));
  padded.narrow(2, rows.to, rows.length)
      .narrow(3, columns.to, columns.length)
      .copy_(maps.narrow(2, rows.from, rows.length).narrow(3, columns.from, columns.length));
  return at::fft_rfft2(padded).contiguous();
}

void add_back(at::Tensor maps, const at::Tensor &spectra, const Plan &plan, int64_t row, int64_t column,
              bool is_window) {
  const Span rows(plan.rows, row, is_window), columns(plan.columns, column, is_window);
  const std::array<int64_t, 2> size = {plan.rows.size, plan.columns.size};
  const auto values = at::fft_irfft2(spectra, size);
  maps.narrow(2, rows.from, rows.length)
      .narrow(3, columns.from, columns.length)
      .add_(values.narrow(2, rows.to, rows.length).narrow(3, columns.to, columns.length));
}

namespace {

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

}  // namespace

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

void replace_by_gradients(const Plan &plan, at::Tensor &x, at::Tensor &y, const double *gradient) {
  const int64_t clusters = plan.clusters, width = plan.width, part = clusters * width;
  auto *to_x = static_cast<double *>(x.mutable_data_ptr()), *to_y = static_cast<double *>(y.mutable_data_ptr());
  for_frequencies(plan, x, y, [=](int64_t first, int64_t count, Gathered &left, Gathered &right) INLINED {
    std::vector<double> transposed(2 * part), dx(2 * width), dy(2 * width);
    for (int64_t f = 0; f < count; ++f) {
      const double *g = gradient + 2 * (first + f) * part;
      double *h = transposed.data();
      for (int64_t a = 0; a < clusters; ++a)
        for (int64_t b = 0; b < clusters; ++b) {
          h[b * width + a] = g[a * width + b];
          h[part + b * width + a] = g[part + a * width + b];
        }
      for (int64_t n = 0; n < left.images; ++n) {
        double *xr = left.real(f) + n * width, *xi = left.imaginary(f) + n * width;
        double *yr = right.real(f) + n * width, *yi = right.imaginary(f) + n * width;
        std::fill(dx.begin(), dx.end(), 0.0);
        std::fill(dy.begin(), dy.end(), 0.0);
        row_products<false>(yr, yi, 1, h, h + part, width, clusters, width, dx.data(), dx.data() + width);
        row_products<true>(xr, xi, 1, g, g + part, width, clusters, width, dy.data(), dy.data() + width);
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

}  // namespace ctorch
