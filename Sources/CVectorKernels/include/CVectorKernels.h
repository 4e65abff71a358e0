// The few loops of Encuentro that need SIMD, compiled once per instruction set
// and chosen when the program runs. Every variant gives the same bits: integer
// products are exact, and float sums keep one fixed order of sixteen lanes.
#ifndef C_VECTOR_KERNELS_H
#define C_VECTOR_KERNELS_H

#include <stddef.h>
#include <stdint.h>

#include "PartnerKernels.h"

#if defined(__cplusplus)
extern "C" {
#endif

/// Columns that one packed panel of a weight matrix holds.
#define VK_PANEL 32

/// The instruction set that `vk_product` uses on this machine:
/// "avx512vnni", "avx2", "neon" or "plain".
const char *_Nonnull vk_instruction_set(void);

/// Lets tests run a slower variant: NULL chooses the best again.
/// Returns 0 when this machine cannot run the named one.
int vk_force_instruction_set(const char *_Nullable name);

/// A weight matrix of `taps * depth` rows and `columns` columns in int8.
typedef struct {
    /// [column panel][tap][depth / 4][VK_PANEL][4], 64-byte aligned.
    const int8_t *_Nonnull packed;
    /// [taps][columns]: the sum of each column over one tap's rows.
    const int32_t *_Nonnull sums;
    /// [columns]: what one unit of the integer weight is worth.
    const float *_Nonnull scales;
    /// [columns]
    const float *_Nonnull bias;
    /// Rows of input that one row of output looks at, 1…8.
    size_t taps;
    /// Values in one row of input, a multiple of 4.
    size_t depth;
    /// A multiple of VK_PANEL.
    size_t columns;
} vk_matrix;

/// A quantised input: value = scale[row] * (q - zero) + offset[row].
typedef struct {
    /// [rows + taps - 1][depth]
    const uint8_t *_Nonnull q;
    /// [rows + taps - 1]
    const float *_Nonnull scales;
    /// [rows], or NULL for none; only for matrices of one tap.
    const float *_Nullable offsets;
    int32_t zero;
} vk_rows;

/// out[r][c] = sum over taps j of value(r + j) · W_j[:, c] + bias[c].
void vk_product(const vk_matrix *_Nonnull w, const vk_rows *_Nonnull in, size_t rows,
                float *_Nonnull out, size_t out_stride);

/// Packs a row-major int8 matrix for `vk_product` and fills the column sums.
void vk_pack(const int8_t *_Nonnull weights, size_t taps, size_t depth, size_t columns,
             int8_t *_Nonnull packed, int32_t *_Nonnull sums);

/// Quantises rows of floats to uint8 around 128 by each row's largest magnitude.
void vk_quantise(const float *_Nonnull x, size_t rows, size_t columns, size_t stride,
                 uint8_t *_Nonnull q, float *_Nonnull scales);

/// x = max(x, 0) + residual, row by row.
void vk_relu_add(float *_Nonnull x, size_t stride, const float *_Nonnull residual,
                 size_t residual_stride, size_t rows, size_t columns);

/// Normalises each row to mean 0 and variance 1, then scales and shifts it.
/// `columns` is a multiple of 16.
void vk_layer_norm(float *_Nonnull x, size_t rows, size_t columns, size_t stride,
                   const float *_Nonnull gain, const float *_Nonnull shift, float epsilon);

/// out[i] = scale * q[i] + offset.
void vk_dequantise(const uint8_t *_Nonnull q, size_t count, float scale, float offset,
                   float *_Nonnull out);

/// sum[i] += the column sums of `rows` rows.
void vk_add_rows(const float *_Nonnull x, size_t rows, size_t columns, size_t stride,
                 float *_Nonnull sum);

/// Inner product of two float vectors; `count` is a multiple of 16.
float vk_dot(const float *_Nonnull a, const float *_Nonnull b, size_t count);

/// out[r][c] += sum over k of x[r][k] * w[k][c]; `columns` is a multiple of 32.
void vk_matrix_rows(const float *_Nonnull x, size_t rows, size_t depth,
                    const float *_Nonnull w, size_t columns, float *_Nonnull out);

/// out[k] += sum over c of w[k][c] * g[c]; `columns` is a multiple of 16.
void vk_matrix_transposed(const float *_Nonnull g, size_t columns, const float *_Nonnull w,
                          size_t depth, float *_Nonnull out);

/// out[r][n] = x[r] · w[n] for `count` vectors w; `columns` is a multiple of 16.
void vk_row_products(const float *_Nonnull x, size_t rows, size_t columns,
                     const float *_Nonnull w, size_t count, float *_Nonnull out);

/// sum[n] += sum over r of factor[r][n] * x[r]; `columns` is a multiple of 16.
void vk_add_weighted_rows(const float *_Nonnull x, size_t rows, size_t columns,
                          const float *_Nonnull factor, size_t count, float *_Nonnull sum);

/// out[i] += scale * x[i].
void vk_add_scaled(const float *_Nonnull x, float scale, size_t count, float *_Nonnull out);

/// Eigenvalues (unordered) and eigenvectors (the rows of `vectors`) of a symmetric
/// n × n matrix, which is overwritten; 0 when they cannot be found.
int vk_symmetric_eigen(double *_Nonnull a, size_t n, double *_Nonnull values,
                       double *_Nonnull vectors);

/// A 64-bit checksum of `count` bytes (not cryptographic).
uint64_t vk_checksum(const void *_Nonnull bytes, size_t count);

#if defined(__cplusplus)
}
#endif

#endif
