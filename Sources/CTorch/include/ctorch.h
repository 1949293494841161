// A C face on the part of libtorch that iic uses.
//
// Every function that can fail returns a status: 0, or 1 with the reason kept for the calling thread in
// ctorch_error(). Results are written to out-parameters only on success. A handle that a function writes
// is owned by the caller, who frees it exactly once; handles passed in are borrowed.
#ifndef CTORCH_H
#define CTORCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct ctorch_tensor ctorch_tensor;
typedef struct ctorch_generator ctorch_generator;
typedef struct ctorch_optimizer ctorch_optimizer;
typedef struct ctorch_readback ctorch_readback;
typedef int32_t ctorch_status;

typedef enum {
  CTORCH_UINT8 = 0,
  CTORCH_INT64 = 1,
  CTORCH_FLOAT32 = 2,
  CTORCH_FLOAT64 = 3,
  CTORCH_BFLOAT16 = 4,
  CTORCH_BOOL = 5,
  CTORCH_INT16 = 6,
  CTORCH_INT32 = 7
} ctorch_dtype;

/// device: -1 is the CPU, 0 and above a CUDA device.
typedef int32_t ctorch_device;

/// The message of this thread's last failed call. Valid until the next one.
const char *ctorch_error(void);

// Runtime
/// threads: 0 leaves their number as it is.
ctorch_status ctorch_initialize(int32_t threads);
int32_t ctorch_threads(void);
const char *ctorch_version(void);
bool ctorch_cpu_has_bfloat16(void);
bool ctorch_set_grad_enabled(bool enabled);
ctorch_status ctorch_autocast_begin(ctorch_device device, ctorch_dtype dtype, bool *was_enabled);
ctorch_status ctorch_autocast_end(ctorch_device device, bool was_enabled);

// Devices
/// Loads libtorch's CUDA half on the first call, which must come before any gradient is computed; the status says why it
/// cannot be used.
ctorch_status ctorch_load_cuda(int32_t *device_count);
/// Waits until all that was asked of a device is done.
ctorch_status ctorch_synchronize(ctorch_device device);
/// The most memory of a CUDA device that libtorch has held.
ctorch_status ctorch_peak_memory(ctorch_device device, int64_t *bytes);
/// Moves a leaf tensor in place: whoever holds the handle has it on the device.
ctorch_status ctorch_move(ctorch_tensor *tensor, ctorch_device device);
/// Begins to copy a tensor to the CPU; only to finish it waits. The values are those of now.
ctorch_status ctorch_readback_begin(const ctorch_tensor *tensor, ctorch_readback **out);
ctorch_status ctorch_readback_finish(const ctorch_readback *readback, ctorch_tensor **out);
void ctorch_readback_free(ctorch_readback *readback);

// Random numbers
ctorch_status ctorch_generator_new(uint64_t seed, ctorch_generator **out);
void ctorch_generator_free(ctorch_generator *generator);
ctorch_status ctorch_rand(const int64_t *shape, size_t rank, ctorch_generator *generator, ctorch_tensor **out);
ctorch_status ctorch_randn(const int64_t *shape, size_t rank, ctorch_generator *generator, ctorch_tensor **out);

// Making and reading tensors
ctorch_status ctorch_from_bytes(const void *bytes, size_t count, const int64_t *shape, size_t rank,
                                ctorch_dtype dtype, ctorch_tensor **out);
ctorch_status ctorch_full(const int64_t *shape, size_t rank, double value, ctorch_dtype dtype,
                          ctorch_device device, ctorch_tensor **out);
ctorch_status ctorch_copy_bytes(const ctorch_tensor *tensor, void *bytes, size_t count);
ctorch_status ctorch_item(const ctorch_tensor *tensor, double *out);
void ctorch_free(ctorch_tensor *tensor);
int64_t ctorch_rank(const ctorch_tensor *tensor);
int64_t ctorch_size(const ctorch_tensor *tensor, int64_t dimension);
int64_t ctorch_count(const ctorch_tensor *tensor);
ctorch_status ctorch_dtype_of(const ctorch_tensor *tensor, ctorch_dtype *out);
ctorch_device ctorch_device_of(const ctorch_tensor *tensor);
ctorch_status ctorch_to(const ctorch_tensor *tensor, ctorch_dtype dtype, ctorch_device device, ctorch_tensor **out);
ctorch_status ctorch_contiguous(const ctorch_tensor *tensor, bool channels_last, ctorch_tensor **out);
bool ctorch_is_channels_last(const ctorch_tensor *tensor);
/// Overwrites the values of `tensor` in place, without recording a gradient.
ctorch_status ctorch_assign(ctorch_tensor *tensor, const ctorch_tensor *source);

// Gradients
ctorch_status ctorch_require_grad(ctorch_tensor *tensor);
bool ctorch_requires_grad(const ctorch_tensor *tensor);
ctorch_status ctorch_detach(const ctorch_tensor *tensor, ctorch_tensor **out);
ctorch_status ctorch_backward(const ctorch_tensor *tensor);
/// Writes null where no gradient has been computed.
ctorch_status ctorch_grad(const ctorch_tensor *tensor, ctorch_tensor **out);

// Element-wise operations
typedef enum {
  CTORCH_EXP, CTORCH_LOG, CTORCH_SQRT, CTORCH_SIN, CTORCH_COS, CTORCH_NEG, CTORCH_RELU, CTORCH_ISFINITE
} ctorch_unary_op;
typedef enum {
  CTORCH_ADD, CTORCH_SUB, CTORCH_MUL, CTORCH_DIV, CTORCH_LESS, CTORCH_EQUAL,
  /// Of a division rounded down: the whole quotient, and what is left, which has the divisor's sign.
  CTORCH_FLOOR_DIVIDE, CTORCH_REMAINDER
} ctorch_binary_op;
ctorch_status ctorch_unary(ctorch_unary_op op, const ctorch_tensor *a, ctorch_tensor **out);
ctorch_status ctorch_binary(ctorch_binary_op op, const ctorch_tensor *a, const ctorch_tensor *b, ctorch_tensor **out);
ctorch_status ctorch_binary_scalar(ctorch_binary_op op, const ctorch_tensor *a, double b, ctorch_tensor **out);
/// a where condition is true, else b, broadcast.
ctorch_status ctorch_where(const ctorch_tensor *condition, const ctorch_tensor *a, const ctorch_tensor *b,
                           ctorch_tensor **out);
ctorch_status ctorch_clamp(const ctorch_tensor *a, double low, double high, ctorch_tensor **out);

// Reductions
typedef enum { CTORCH_SUM, CTORCH_MEAN, CTORCH_AMIN, CTORCH_AMAX } ctorch_reduce_op;
ctorch_status ctorch_reduce(ctorch_reduce_op op, const ctorch_tensor *a, const int64_t *dims, size_t count,
                            bool keep, ctorch_tensor **out);
ctorch_status ctorch_argmax(const ctorch_tensor *a, int64_t dim, ctorch_tensor **out);
ctorch_status ctorch_softmax(const ctorch_tensor *a, int64_t dim, ctorch_tensor **out);

// Shapes
ctorch_status ctorch_reshape(const ctorch_tensor *a, const int64_t *shape, size_t rank, ctorch_tensor **out);
ctorch_status ctorch_permute(const ctorch_tensor *a, const int64_t *dims, size_t rank, ctorch_tensor **out);
ctorch_status ctorch_repeat(const ctorch_tensor *a, const int64_t *counts, size_t rank, ctorch_tensor **out);
ctorch_status ctorch_flip(const ctorch_tensor *a, int64_t dim, ctorch_tensor **out);
ctorch_status ctorch_narrow(const ctorch_tensor *a, int64_t dim, int64_t start, int64_t length, ctorch_tensor **out);
ctorch_status ctorch_cat(const ctorch_tensor *const *tensors, size_t count, int64_t dim, ctorch_tensor **out);
ctorch_status ctorch_stack(const ctorch_tensor *const *tensors, size_t count, int64_t dim, ctorch_tensor **out);
ctorch_status ctorch_index_select(const ctorch_tensor *a, int64_t dim, const ctorch_tensor *index, ctorch_tensor **out);

// Linear algebra and networks
ctorch_status ctorch_matmul(const ctorch_tensor *a, const ctorch_tensor *b, ctorch_tensor **out);
ctorch_status ctorch_linear(const ctorch_tensor *x, const ctorch_tensor *weight, const ctorch_tensor *bias,
                            ctorch_tensor **out);
ctorch_status ctorch_conv2d(const ctorch_tensor *x, const ctorch_tensor *weight, const ctorch_tensor *bias,
                            int64_t stride, int64_t padding, int64_t dilation, ctorch_tensor **out);
/// weight and bias may be null: 1 and 0.
ctorch_status ctorch_batch_norm(const ctorch_tensor *x, const ctorch_tensor *weight, const ctorch_tensor *bias,
                                ctorch_tensor *running_mean, ctorch_tensor *running_variance, bool training,
                                double momentum, double epsilon, ctorch_tensor **out);
/// max(batch norm(x) + carried, 0); carried may be null.
ctorch_status ctorch_batch_norm_relu(const ctorch_tensor *x, const ctorch_tensor *weight, const ctorch_tensor *bias,
                                     ctorch_tensor *running_mean, ctorch_tensor *running_variance, bool training,
                                     double momentum, double epsilon, const ctorch_tensor *carried,
                                     ctorch_tensor **out);
ctorch_status ctorch_max_pool2d(const ctorch_tensor *x, int64_t kernel, int64_t stride, int64_t padding,
                                ctorch_tensor **out);
ctorch_status ctorch_global_average_pool2d(const ctorch_tensor *x, ctorch_tensor **out);
/// theta [n, 2, 3]; samples x [n, C, H, W] bilinearly at an output grid of height x width, zeros outside.
ctorch_status ctorch_affine_sample(const ctorch_tensor *x, const ctorch_tensor *theta, int64_t height, int64_t width,
                                   ctorch_tensor **out);

// Optimisers
/// factors: of the rate, one for each parameter.
ctorch_status ctorch_adam_new(ctorch_tensor *const *parameters, const double *factors, size_t count, double rate,
                              double beta1, double beta2, double epsilon, double weight_decay, ctorch_optimizer **out);
ctorch_status ctorch_sgd_new(ctorch_tensor *const *parameters, const double *factors, size_t count, double rate,
                             double momentum, double weight_decay, bool nesterov, ctorch_optimizer **out);
void ctorch_optimizer_free(ctorch_optimizer *optimizer);
/// watched: null, or numbers of which one that is not finite leaves everything as it is.
ctorch_status ctorch_optimizer_step(ctorch_optimizer *optimizer, const ctorch_tensor *watched);
ctorch_status ctorch_optimizer_zero_grad(ctorch_optimizer *optimizer);
void ctorch_optimizer_set_rate(ctorch_optimizer *optimizer, double rate);
/// Whether a parameter without a gradient is stepped as if that were 0, once it has had one; at first it is not.
void ctorch_optimizer_set_coasting(ctorch_optimizer *optimizer, bool coasts);
/// What an optimiser keeps for a parameter: the first moment (SGD: the momentum), the second (Adam only), the count
/// of updates. The tensor shares its storage with the optimiser.
typedef enum { CTORCH_SLOT_FIRST, CTORCH_SLOT_SECOND, CTORCH_SLOT_STEPS } ctorch_optimizer_slot;
ctorch_status ctorch_optimizer_state(const ctorch_optimizer *optimizer, ctorch_optimizer_slot slot, size_t index,
                                     ctorch_tensor **out);

// Selection
/// The k largest elements along a dimension in falling order, and their places in it (int64).
ctorch_status ctorch_topk(const ctorch_tensor *a, int64_t k, int64_t dim, ctorch_tensor **values,
                          ctorch_tensor **indices);
/// The eigenvalues of a symmetric matrix in rising order, and its eigenvectors as columns.
ctorch_status ctorch_eigh(const ctorch_tensor *a, ctorch_tensor **values, ctorch_tensor **vectors);

// Sequences of tokens
/// Rows of weight [V, D] at indices [...]: [..., D]. The row `padding` gets no gradient.
ctorch_status ctorch_embedding(const ctorch_tensor *weight, const ctorch_tensor *indices, int64_t padding,
                               ctorch_tensor **out);
/// The mean row of weight [V, D] over each row of indices [n, L], without those that are `padding`: [n, D].
ctorch_status ctorch_embedding_mean(const ctorch_tensor *weight, const ctorch_tensor *indices, int64_t padding,
                                    ctorch_tensor **out);
/// Over the last dimension, of the weight's size.
ctorch_status ctorch_layer_norm(const ctorch_tensor *x, const ctorch_tensor *weight, const ctorch_tensor *bias,
                                double epsilon, ctorch_tensor **out);
/// [n, h, L, d] three times; the mask is null, or bool and broadcast to [n, h, L, L], true where a key is seen.
ctorch_status ctorch_attention(const ctorch_tensor *queries, const ctorch_tensor *keys, const ctorch_tensor *values,
                               const ctorch_tensor *mask, ctorch_tensor **out);
ctorch_status ctorch_gelu(const ctorch_tensor *x, ctorch_tensor **out);
/// x [n, C, L], weight [out, C, k].
ctorch_status ctorch_conv1d(const ctorch_tensor *x, const ctorch_tensor *weight, const ctorch_tensor *bias,
                            int64_t stride, int64_t padding, ctorch_tensor **out);
/// The largest element, or the mean, of each window of x [n, C, L]; what is padded counts for neither.
ctorch_status ctorch_pool1d(const ctorch_tensor *x, bool mean, int64_t kernel, int64_t stride, int64_t padding,
                            ctorch_tensor **out);

// Signals
/// Of each row of x [n, L] the elements from starts [n] (int64) on, [n, count]. What is behind the row's length (int64
/// [n], 1 to L) is the row from its beginning, again and again.
ctorch_status ctorch_wrapped_windows(const ctorch_tensor *x, const ctorch_tensor *starts, const ctorch_tensor *lengths,
                                     int64_t count, ctorch_tensor **out);
/// The squared magnitudes of the short-time Fourier transform of x [n, L]: [n, W / 2 + 1, 1 + L / hop], W the size of
/// window. Frames are centred on multiples of hop; x is continued by its reflection, so L must be above W / 2.
ctorch_status ctorch_power_spectrogram(const ctorch_tensor *x, const ctorch_tensor *window, int64_t hop,
                                       ctorch_tensor **out);

// Maps
/// Bilinear enlargement, or reduction, of x [n, C, H, W] to [n, C, height, width]; coordinates run over the outer edges of
/// the corner pixels.
ctorch_status ctorch_resize_bilinear(const ctorch_tensor *x, int64_t height, int64_t width, ctorch_tensor **out);
/// x [n, C, H, W] with a ring of zeros, `width` places wide, around each map.
ctorch_status ctorch_zero_pad(const ctorch_tensor *x, int64_t width, ctorch_tensor **out);
ctorch_status ctorch_replicate_pad(const ctorch_tensor *x, int64_t width, ctorch_tensor **out);
/// The sums over items and places u of x_a(u + t) y_b(u), for maps x, y [n, S, K, H, W] and displacements t of up to `rows`
/// and `columns` places: float64 [S, 2 rows + 1, 2 columns + 1, K, K]. What lies outside a map is 0.
ctorch_status ctorch_displaced_joint(const ctorch_tensor *x, const ctorch_tensor *y, int64_t rows, int64_t columns,
                                     ctorch_tensor **out);

// Exchange
/// Computes outputs from an input that it borrows; what it writes is the caller's. Returns 0, or 1 if it could not.
typedef ctorch_status (*ctorch_computation)(void *context, const ctorch_tensor *input, ctorch_tensor **outputs);
/// What `compute` does with input [n, ...], n at least 3, as an ONNX model for any number of items: its bytes, uint8.
/// It is called for n and for n - 1 items. The weights that it uses keep their names.
ctorch_status ctorch_onnx(const ctorch_tensor *input, ctorch_computation compute, void *context,
                          const ctorch_tensor *const *weights, const char *const *weight_names, size_t weight_count,
                          const char *input_name, const char *const *output_names, size_t output_count,
                          ctorch_tensor **out);

// Watching
/// The largest magnitude in each parameter's gradient, float32 [P], 0 where there is none; not finite if one is not.
ctorch_status ctorch_optimizer_gradient_sizes(const ctorch_optimizer *optimizer, ctorch_tensor **out);

#ifdef __cplusplus
}
#endif
#endif
