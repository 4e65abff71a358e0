#include "CVectorKernels.h"
#include "dispatch.h"

#include <math.h>
#include <string.h>

#pragma STDC FP_CONTRACT OFF

// Sixteen lanes whatever the machine has, so that sums keep one order.
typedef float lanes __attribute__((vector_size(64), aligned(4)));
typedef int32_t lanes_i32 __attribute__((vector_size(64), aligned(4)));
typedef uint8_t lanes_u8 __attribute__((vector_size(16), aligned(1)));

// By pointer, because the way a wide vector is passed depends on the target.
static inline __attribute__((always_inline)) float sum_of(const lanes *v) {
    float total = 0;
    for (int i = 0; i < 16; i++) total += (*v)[i];
    return total;
}

VK_CLONES void vk_quantise(const float *x, size_t rows, size_t columns, size_t stride, uint8_t *q,
                           float *scales) {
    for (size_t r = 0; r < rows; r++) {
        const float *row = x + r * stride;
        lanes_i32 largest = {0};
        // The bits of a magnitude order as the magnitudes do.
        for (size_t c = 0; c < columns; c += 16) {
            const lanes_i32 bits = *(const lanes_i32 *)(row + c) & 0x7fffffff;
            largest = __builtin_elementwise_max(bits, largest);
        }
        int32_t top = 0;
        for (int i = 0; i < 16; i++) top = largest[i] > top ? largest[i] : top;
        float magnitude;
        memcpy(&magnitude, &top, 4);
        const float inverse = magnitude > 0 ? 127.0f / magnitude : 0;
        scales[r] = magnitude > 0 ? magnitude / 127.0f : 0;
        for (size_t c = 0; c < columns; c += 16) {
            // Adding 128.5 and cutting rounds to the nearest.
            const lanes moved = *(const lanes *)(row + c) * inverse + 128.5f;
            const lanes_i32 whole = __builtin_convertvector(moved, lanes_i32);
            *(lanes_u8 *)(q + r * columns + c) = __builtin_convertvector(whole, lanes_u8);
        }
    }
}

VK_CLONES void vk_relu_add(float *x, size_t stride, const float *residual, size_t residual_stride,
                           size_t rows, size_t columns) {
    for (size_t r = 0; r < rows; r++)
        for (size_t c = 0; c < columns; c += 16) {
            lanes *v = (lanes *)(x + r * stride + c);
            *v = __builtin_elementwise_max(*v, (lanes){0}) + *(const lanes *)(residual + r * residual_stride + c);
        }
}

// Several rows stand side by side so that one's sum need not wait for itself;
// each is summed in the same order as alone.
static inline __attribute__((always_inline)) void
norm_block(float *x, size_t columns, size_t stride, const float *gain, const float *shift,
           float epsilon, const size_t height) {
    const float count = (float)columns;
    lanes sum[4];
    float mean[4], inverse[4];
    for (size_t r = 0; r < height; r++) sum[r] = (lanes){0};
    for (size_t c = 0; c < columns; c += 16)
        for (size_t r = 0; r < height; r++) sum[r] += *(const lanes *)(x + r * stride + c);
    for (size_t r = 0; r < height; r++) {
        mean[r] = sum_of(&sum[r]) / count;
        sum[r] = (lanes){0};
    }
    for (size_t c = 0; c < columns; c += 16)
        for (size_t r = 0; r < height; r++) {
            const lanes d = *(const lanes *)(x + r * stride + c) - mean[r];
            sum[r] += d * d;
        }
    for (size_t r = 0; r < height; r++) inverse[r] = 1.0f / sqrtf(sum_of(&sum[r]) / count + epsilon);
    for (size_t c = 0; c < columns; c += 16)
        for (size_t r = 0; r < height; r++) {
            lanes *v = (lanes *)(x + r * stride + c);
            *v = (*v - mean[r]) * inverse[r] * *(const lanes *)(gain + c) + *(const lanes *)(shift + c);
        }
}

VK_CLONES void vk_layer_norm(float *x, size_t rows, size_t columns, size_t stride,
                             const float *gain, const float *shift, float epsilon) {
    size_t r = 0;
    for (; r + 4 <= rows; r += 4) norm_block(x + r * stride, columns, stride, gain, shift, epsilon, 4);
    for (; r < rows; r++) norm_block(x + r * stride, columns, stride, gain, shift, epsilon, 1);
}

VK_CLONES void vk_dequantise(const uint8_t *q, size_t count, float scale, float offset, float *out) {
    for (size_t i = 0; i < count; i++) out[i] = (float)q[i] * scale + offset;
}

VK_CLONES void vk_add_rows(const float *x, size_t rows, size_t columns, size_t stride, float *sum) {
    for (size_t r = 0; r < rows; r++)
        for (size_t c = 0; c < columns; c++) sum[c] += x[r * stride + c];
}

VK_CLONES float vk_dot(const float *a, const float *b, size_t count) {
    lanes sum = {0};
    for (size_t i = 0; i < count; i += 16) sum += *(const lanes *)(a + i) * *(const lanes *)(b + i);
    return sum_of(&sum);
}

// Four rows share each load of the weights; every output is one sum in the
// order of k, whichever rows stand beside it.
static inline __attribute__((always_inline)) void
matrix_block(const float *x, size_t depth, const float *w, size_t columns, float *out,
             const size_t height) {
    lanes sum[4][2];
    for (size_t r = 0; r < height; r++)
        for (size_t h = 0; h < 2; h++) sum[r][h] = *(const lanes *)(out + r * columns + h * 16);
    for (size_t k = 0; k < depth; k++) {
        const lanes w0 = *(const lanes *)(w + k * columns);
        const lanes w1 = *(const lanes *)(w + k * columns + 16);
        for (size_t r = 0; r < height; r++) {
            const float value = x[r * depth + k];
            sum[r][0] += value * w0;
            sum[r][1] += value * w1;
        }
    }
    for (size_t r = 0; r < height; r++)
        for (size_t h = 0; h < 2; h++) *(lanes *)(out + r * columns + h * 16) = sum[r][h];
}

VK_CLONES void vk_matrix_rows(const float *x, size_t rows, size_t depth, const float *w,
                              size_t columns, float *out) {
    // Thirty-two columns of the weights stay in the cache for all rows.
    for (size_t c = 0; c < columns; c += 32) {
        size_t r = 0;
        for (; r + 4 <= rows; r += 4)
            matrix_block(x + r * depth, depth, w + c, columns, out + r * columns + c, 4);
        for (; r < rows; r++)
            matrix_block(x + r * depth, depth, w + c, columns, out + r * columns + c, 1);
    }
}

VK_CLONES void vk_matrix_transposed(const float *g, size_t columns, const float *w, size_t depth,
                                    float *out) {
    for (size_t k = 0; k < depth; k++) {
        lanes sum = {0};
        for (size_t c = 0; c < columns; c += 16)
            sum += *(const lanes *)(w + k * columns + c) * *(const lanes *)(g + c);
        out[k] += sum_of(&sum);
    }
}

// Four vectors share each load of a row; every output has its own sixteen lanes.
static inline __attribute__((always_inline)) void
product_block(const float *row, size_t columns, const float *w, float *out, const size_t height) {
    lanes sum[4];
    for (size_t n = 0; n < height; n++) sum[n] = (lanes){0};
    for (size_t c = 0; c < columns; c += 16) {
        const lanes v = *(const lanes *)(row + c);
        for (size_t n = 0; n < height; n++) sum[n] += v * *(const lanes *)(w + n * columns + c);
    }
    for (size_t n = 0; n < height; n++) out[n] = sum_of(&sum[n]);
}

VK_CLONES void vk_row_products(const float *x, size_t rows, size_t columns, const float *w,
                               size_t count, float *out) {
    for (size_t r = 0; r < rows; r++) {
        size_t n = 0;
        for (; n + 4 <= count; n += 4)
            product_block(x + r * columns, columns, w + n * columns, out + r * count + n, 4);
        for (; n < count; n++)
            product_block(x + r * columns, columns, w + n * columns, out + r * count + n, 1);
    }
}

static inline __attribute__((always_inline)) void
weighted_block(const float *x, size_t rows, size_t columns, const float *factor, size_t count,
               float *sum, const size_t height) {
    for (size_t c = 0; c < columns; c += 16) {
        lanes total[8];
        for (size_t n = 0; n < height; n++) total[n] = *(const lanes *)(sum + n * columns + c);
        for (size_t r = 0; r < rows; r++) {
            const lanes v = *(const lanes *)(x + r * columns + c);
            for (size_t n = 0; n < height; n++) total[n] += factor[r * count + n] * v;
        }
        for (size_t n = 0; n < height; n++) *(lanes *)(sum + n * columns + c) = total[n];
    }
}

VK_CLONES void vk_add_weighted_rows(const float *x, size_t rows, size_t columns,
                                    const float *factor, size_t count, float *sum) {
    size_t n = 0;
    for (; n + 7 <= count; n += 7)
        weighted_block(x, rows, columns, factor + n, count, sum + n * columns, 7);
    for (; n < count; n++)
        weighted_block(x, rows, columns, factor + n, count, sum + n * columns, 1);
}

VK_CLONES void vk_add_scaled(const float *x, float scale, size_t count, float *out) {
    for (size_t i = 0; i < count; i++) out[i] += scale * x[i];
}

typedef uint64_t words __attribute__((vector_size(64), aligned(1)));

VK_CLONES uint64_t vk_checksum(const void *bytes, size_t count) {
    const uint8_t *p = bytes;
    words sum = {0, 1, 2, 3, 4, 5, 6, 7};
    words key = sum * 0x9e3779b97f4a7c15u + 0x2545f4914f6cdd1du;
    size_t i = 0;
    for (; i + 64 <= count; i += 64) {
        const words v = *(const words *)(p + i) ^ key;
        // A product of the two halves depends on every bit of the word.
        sum = (sum << 1 | sum >> 63) + (v & 0xffffffff) * (v >> 32) + v;
        key += 0x9e3779b97f4a7c15u;
    }
    uint64_t total = count * 0xff51afd7ed558ccdu;
    for (int lane = 0; lane < 8; lane++) total = (total ^ sum[lane]) * 0xc4ceb9fe1a85ec53u + (total >> 29);
    for (; i < count; i++) total = (total ^ p[i]) * 0x100000001b3u + (total >> 31);
    return total ^ (total >> 32);
}
