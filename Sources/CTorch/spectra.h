// Spectra of tiles of maps, and their products over clusters: what the joint of all displacements is computed from.
#pragma once

#include <ATen/core/Tensor.h>

namespace ctorch {

/// The smallest size from `least` on that has no prime factor above 7: transforms of such sizes are fast.
int64_t transform_size(int64_t least);

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
      : Plan(maps, reach_rows, reach_columns, 1) {
    // Fewer and larger tiles have less rim, and so fewer frequencies in all; the joint's spectrum grows with a tile.
    for (int64_t count = 2; 16 * frequencies * clusters * width > most_bytes && count <= rows.length; ++count)
      *this = Plan(maps, reach_rows, reach_columns, count);
    // A few megabytes stay in the caches; more clusters make each pass over the joint's spectrum dearer.
    const int64_t bytes = 32 * clusters * frequencies, budget = clusters > 16 ? 1 << 26 : 1 << 23;
    chunk = std::clamp<int64_t>(budget / bytes, 1, images);
  }

 private:
  static constexpr int64_t most_bytes = 160 << 20;  // of the joint's spectrum

  Plan(const at::Tensor &maps, int64_t reach_rows, int64_t reach_columns, int64_t count)
      : images(maps.size(0)),
        clusters(maps.size(1)),
        width((clusters + 3) / 4 * 4),
        rows(maps.size(2), reach_rows, std::min(count, maps.size(2))),
        columns(maps.size(3), reach_columns, std::min(count, maps.size(3))),
        frequencies(rows.size * (columns.size / 2 + 1)),
        half(columns.size / 2 + 1),
        chunk(1) {}
};

/// The spectra `[n, K, F]`, complex float64, of a tile of maps or of the window around it.
at::Tensor spectra(const at::Tensor &maps, const Plan &plan, int64_t row, int64_t column, bool is_window);

/// Adds what spectra stand for to the part of the maps that they were taken from.
void add_back(at::Tensor maps, const at::Tensor &spectra, const Plan &plan, int64_t row, int64_t column,
              bool is_window);

/// Adds the spectra's products X conj(Y), summed over items, to the joint's spectrum [F][2][K][width].
void add_products(const Plan &plan, const at::Tensor &x, const at::Tensor &y, double *joint);

/// Replaces the spectra X and Y by those of the gradients, G Y and conj(G) X, with the gradient's spectrum G
/// [F][2][K][width].
void replace_by_gradients(const Plan &plan, at::Tensor &x, at::Tensor &y, const double *gradient);

}  // namespace ctorch
