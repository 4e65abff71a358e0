#include "CVectorKernels.h"
#include "dispatch.h"

#include <string.h>

#if defined(__x86_64__)
#include <immintrin.h>
#elif defined(__aarch64__)
#include <arm_neon.h>
#if defined(__linux__)
#include <asm/hwcap.h>
#include <sys/auxv.h>
#endif
#endif

// Contracting a multiply and an add on one machine only would change the bits.
#pragma STDC FP_CONTRACT OFF

typedef void block_function(const vk_matrix *w, const vk_rows *in, size_t row, size_t panel,
                            float *out, size_t stride);

// Adds what a full block of integer sums is worth; the order of operations is
// the same in every variant.
static inline float finish(float sum, float scale, float bias) { return sum * scale + bias; }

// MARK: - Plain C

static inline __attribute__((always_inline)) void
plain_block(const vk_matrix *w, const vk_rows *in, size_t row, size_t panel, float *out,
            size_t stride, size_t height) {
    const size_t groups = w->depth / 4;
    const size_t column = panel * VK_PANEL;
    const int8_t *packed = w->packed + panel * w->taps * w->depth * VK_PANEL;
    for (size_t r = 0; r < height; r++) {
        float total[VK_PANEL] = {0};
        for (size_t tap = 0; tap < w->taps; tap++) {
            const uint8_t *q = in->q + (row + r + tap) * w->depth;
            const int8_t *b = packed + tap * w->depth * VK_PANEL;
            int32_t sum[VK_PANEL];
            for (size_t c = 0; c < VK_PANEL; c++)
                sum[c] = -in->zero * w->sums[tap * w->columns + column + c];
            for (size_t g = 0; g < groups; g++)
                for (size_t c = 0; c < VK_PANEL; c++)
                    for (size_t k = 0; k < 4; k++)
                        sum[c] += (int32_t)q[g * 4 + k] * b[(g * VK_PANEL + c) * 4 + k];
            const float scale = in->scales[row + r + tap];
            for (size_t c = 0; c < VK_PANEL; c++) total[c] = total[c] + scale * (float)sum[c];
        }
        if (in->offsets)
            for (size_t c = 0; c < VK_PANEL; c++)
                total[c] = total[c] + in->offsets[row + r] * (float)w->sums[column + c];
        for (size_t c = 0; c < VK_PANEL; c++)
            out[(row + r) * stride + column + c] =
                finish(total[c], w->scales[column + c], w->bias[column + c]);
    }
}

static void plain_1(const vk_matrix *w, const vk_rows *in, size_t row, size_t panel, float *out,
                    size_t stride) {
    plain_block(w, in, row, panel, out, stride, 1);
}

// MARK: - x86

#if defined(__x86_64__)

#define AVX512 __attribute__((target("avx512f,avx512bw,avx512vl,avx512vnni")))
#define AVX512_INLINE static inline __attribute__((always_inline, target("avx512f,avx512bw,avx512vl,avx512vnni")))

// 6 rows × 32 columns: 12 integer sums, 12 float sums, 2 weights and 1 input
// fill 27 of the 32 registers.
AVX512_INLINE void avx512_block(const vk_matrix *w, const vk_rows *in, size_t row, size_t panel,
                                float *out, size_t stride, const size_t height) {
    const size_t groups = w->depth / 4;
    const size_t column = panel * VK_PANEL;
    const int8_t *b = w->packed + panel * w->taps * w->depth * VK_PANEL;
    __m512 total[6][2];
    for (size_t r = 0; r < height; r++) total[r][0] = total[r][1] = _mm512_setzero_ps();
    for (size_t tap = 0; tap < w->taps; tap++) {
        const uint8_t *q = in->q + (row + tap) * w->depth;
        const int32_t *sums = w->sums + tap * w->columns + column;
        const __m512i zero = _mm512_set1_epi32(-in->zero);
        const __m512i start0 = _mm512_mullo_epi32(zero, _mm512_loadu_si512(sums));
        const __m512i start1 = _mm512_mullo_epi32(zero, _mm512_loadu_si512(sums + 16));
        __m512i sum[6][2];
        for (size_t r = 0; r < height; r++) {
            sum[r][0] = start0;
            sum[r][1] = start1;
        }
        for (size_t g = 0; g < groups; g++) {
            const __m512i b0 = _mm512_load_si512(b);
            const __m512i b1 = _mm512_load_si512(b + 64);
            b += 128;
            for (size_t r = 0; r < height; r++) {
                int32_t four;
                memcpy(&four, q + r * w->depth + g * 4, 4);
                const __m512i a = _mm512_set1_epi32(four);
                sum[r][0] = _mm512_dpbusd_epi32(sum[r][0], a, b0);
                sum[r][1] = _mm512_dpbusd_epi32(sum[r][1], a, b1);
            }
        }
        for (size_t r = 0; r < height; r++) {
            const __m512 scale = _mm512_set1_ps(in->scales[row + r + tap]);
            for (size_t h = 0; h < 2; h++)
                total[r][h] = _mm512_add_ps(
                    total[r][h], _mm512_mul_ps(scale, _mm512_cvtepi32_ps(sum[r][h])));
        }
    }
    for (size_t r = 0; r < height; r++)
        for (size_t h = 0; h < 2; h++) {
            const size_t c = column + h * 16;
            if (in->offsets)
                total[r][h] = _mm512_add_ps(
                    total[r][h],
                    _mm512_mul_ps(_mm512_set1_ps(in->offsets[row + r]),
                                  _mm512_cvtepi32_ps(_mm512_loadu_si512(w->sums + c))));
            _mm512_storeu_ps(out + (row + r) * stride + c,
                             _mm512_add_ps(_mm512_mul_ps(total[r][h], _mm512_loadu_ps(w->scales + c)),
                                           _mm512_loadu_ps(w->bias + c)));
        }
}

AVX512 static void avx512_6(const vk_matrix *w, const vk_rows *in, size_t row, size_t panel,
                            float *out, size_t stride) {
    avx512_block(w, in, row, panel, out, stride, 6);
}
AVX512 static void avx512_2(const vk_matrix *w, const vk_rows *in, size_t row, size_t panel,
                            float *out, size_t stride) {
    avx512_block(w, in, row, panel, out, stride, 2);
}
AVX512 static void avx512_1(const vk_matrix *w, const vk_rows *in, size_t row, size_t panel,
                            float *out, size_t stride) {
    avx512_block(w, in, row, panel, out, stride, 1);
}

#define AVX2 __attribute__((target("avx2")))
#define AVX2_INLINE static inline __attribute__((always_inline, target("avx2")))

// Sixteen-bit products, because the eight-bit multiply of AVX2 saturates.
AVX2_INLINE void avx2_block(const vk_matrix *w, const vk_rows *in, size_t row, size_t panel,
                            float *out, size_t stride, const size_t height) {
    const size_t groups = w->depth / 4;
    for (size_t part = 0; part < 4; part++) {
        const size_t column = panel * VK_PANEL + part * 8;
        const int8_t *b = w->packed + panel * w->taps * w->depth * VK_PANEL + part * 32;
        __m256 total[4];
        for (size_t r = 0; r < height; r++) total[r] = _mm256_setzero_ps();
        for (size_t tap = 0; tap < w->taps; tap++) {
            const uint8_t *q = in->q + (row + tap) * w->depth;
            // Two half-finished sums a row: columns 0–3 and 4–7, in pairs.
            __m256i low[4], high[4];
            for (size_t r = 0; r < height; r++) low[r] = high[r] = _mm256_setzero_si256();
            for (size_t g = 0; g < groups; g++) {
                const __m256i bytes = _mm256_loadu_si256((const __m256i *)b);
                b += 128;
                const __m256i b0 = _mm256_cvtepi8_epi16(_mm256_castsi256_si128(bytes));
                const __m256i b1 = _mm256_cvtepi8_epi16(_mm256_extracti128_si256(bytes, 1));
                for (size_t r = 0; r < height; r++) {
                    int32_t four;
                    memcpy(&four, q + r * w->depth + g * 4, 4);
                    const __m256i a = _mm256_cvtepu8_epi16(_mm_set1_epi32(four));
                    low[r] = _mm256_add_epi32(low[r], _mm256_madd_epi16(a, b0));
                    high[r] = _mm256_add_epi32(high[r], _mm256_madd_epi16(a, b1));
                }
            }
            const __m256i start = _mm256_mullo_epi32(
                _mm256_set1_epi32(-in->zero),
                _mm256_loadu_si256((const __m256i *)(w->sums + tap * w->columns + column)));
            for (size_t r = 0; r < height; r++) {
                __m256i sum = _mm256_hadd_epi32(low[r], high[r]);
                sum = _mm256_permute4x64_epi64(sum, 0xD8);
                sum = _mm256_add_epi32(sum, start);
                total[r] = _mm256_add_ps(
                    total[r], _mm256_mul_ps(_mm256_set1_ps(in->scales[row + r + tap]),
                                            _mm256_cvtepi32_ps(sum)));
            }
        }
        for (size_t r = 0; r < height; r++) {
            if (in->offsets)
                total[r] = _mm256_add_ps(
                    total[r],
                    _mm256_mul_ps(_mm256_set1_ps(in->offsets[row + r]),
                                  _mm256_cvtepi32_ps(
                                      _mm256_loadu_si256((const __m256i *)(w->sums + column)))));
            _mm256_storeu_ps(out + (row + r) * stride + column,
                             _mm256_add_ps(_mm256_mul_ps(total[r], _mm256_loadu_ps(w->scales + column)),
                                           _mm256_loadu_ps(w->bias + column)));
        }
    }
}

AVX2 static void avx2_4(const vk_matrix *w, const vk_rows *in, size_t row, size_t panel,
                        float *out, size_t stride) {
    avx2_block(w, in, row, panel, out, stride, 4);
}
AVX2 static void avx2_1(const vk_matrix *w, const vk_rows *in, size_t row, size_t panel,
                        float *out, size_t stride) {
    avx2_block(w, in, row, panel, out, stride, 1);
}

#elif defined(__aarch64__)

#define NEON __attribute__((target("dotprod")))
#define NEON_INLINE static inline __attribute__((always_inline, target("dotprod")))

// The signed dot product: inputs are moved to -128…127 and the zero with them.
// 4 rows × 16 columns: 16 integer sums, 4 weights and 1 input; the float sums
// are only needed between taps.
NEON_INLINE void neon_block(const vk_matrix *w, const vk_rows *in, size_t row, size_t panel,
                            float *out, size_t stride, const size_t height) {
    const size_t groups = w->depth / 4;
    for (size_t part = 0; part < VK_PANEL / 16; part++) {
        const size_t column = panel * VK_PANEL + part * 16;
        const int8_t *b = w->packed + panel * w->taps * w->depth * VK_PANEL + part * 64;
        float32x4_t total[4][4];
        for (size_t r = 0; r < height; r++)
            for (size_t h = 0; h < 4; h++) total[r][h] = vdupq_n_f32(0);
        for (size_t tap = 0; tap < w->taps; tap++) {
            const uint8_t *q = in->q + (row + tap) * w->depth;
            const int32_t *sums = w->sums + tap * w->columns + column;
            int32x4_t sum[4][4];
            for (size_t r = 0; r < height; r++)
                for (size_t h = 0; h < 4; h++)
                    sum[r][h] = vmulq_n_s32(vld1q_s32(sums + h * 4), 128 - in->zero);
            for (size_t g = 0; g < groups; g++) {
                int8x16_t weights[4];
                for (size_t h = 0; h < 4; h++) weights[h] = vld1q_s8(b + h * 16);
                b += 128;
                for (size_t r = 0; r < height; r++) {
                    uint32_t four;
                    memcpy(&four, q + r * w->depth + g * 4, 4);
                    const int8x16_t a = vreinterpretq_s8_u32(vdupq_n_u32(four ^ 0x80808080u));
                    for (size_t h = 0; h < 4; h++) sum[r][h] = vdotq_s32(sum[r][h], a, weights[h]);
                }
            }
            for (size_t r = 0; r < height; r++)
                for (size_t h = 0; h < 4; h++)
                    total[r][h] = vaddq_f32(total[r][h], vmulq_n_f32(vcvtq_f32_s32(sum[r][h]),
                                                                     in->scales[row + r + tap]));
        }
        for (size_t r = 0; r < height; r++)
            for (size_t h = 0; h < 4; h++) {
                const size_t c = column + h * 4;
                if (in->offsets)
                    total[r][h] =
                        vaddq_f32(total[r][h], vmulq_n_f32(vcvtq_f32_s32(vld1q_s32(w->sums + c)),
                                                           in->offsets[row + r]));
                vst1q_f32(out + (row + r) * stride + c,
                          vaddq_f32(vmulq_f32(total[r][h], vld1q_f32(w->scales + c)),
                                    vld1q_f32(w->bias + c)));
            }
    }
}

NEON static void neon_4(const vk_matrix *w, const vk_rows *in, size_t row, size_t panel,
                        float *out, size_t stride) {
    neon_block(w, in, row, panel, out, stride, 4);
}
NEON static void neon_1(const vk_matrix *w, const vk_rows *in, size_t row, size_t panel,
                        float *out, size_t stride) {
    neon_block(w, in, row, panel, out, stride, 1);
}

#endif

// MARK: - Choice

typedef struct {
    const char *name;
    vk_set set;
    // Block functions from tall to short; the last one does single rows.
    size_t heights[3];
    block_function *blocks[3];
} variant;

static const variant variants[] = {
#if defined(__x86_64__)
    {"avx512vnni", VK_AVX512, {6, 2, 1}, {avx512_6, avx512_2, avx512_1}},
    {"avx2", VK_AVX2, {4, 1, 1}, {avx2_4, avx2_1, avx2_1}},
#elif defined(__aarch64__)
    {"neon", VK_NEON, {4, 1, 1}, {neon_4, neon_1, neon_1}},
#endif
    {"plain", VK_PLAIN, {1, 1, 1}, {plain_1, plain_1, plain_1}},
};
static const size_t variant_count = sizeof variants / sizeof variants[0];

static int runs_here(const char *name) {
#if defined(__x86_64__)
    if (!strcmp(name, "avx512vnni"))
        return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
               __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512vnni");
    if (!strcmp(name, "avx2")) return __builtin_cpu_supports("avx2");
#elif defined(__aarch64__) && defined(__linux__)
    if (!strcmp(name, "neon")) return (getauxval(AT_HWCAP) & HWCAP_ASIMDDP) != 0;
#endif
    (void)name;
    return 1;
}

// Written only by the first call and by tests; every value ever stored is valid.
static const variant *_Atomic chosen;

static const variant *choose(void) {
    const variant *v = chosen;
    if (v) return v;
    for (size_t i = 0; i < variant_count; i++)
        if (runs_here(variants[i].name)) {
            chosen = &variants[i];
            return &variants[i];
        }
    return &variants[variant_count - 1];
}

const char *vk_instruction_set(void) { return choose()->name; }

vk_set vk_chosen_set(void) { return choose()->set; }

int vk_force_instruction_set(const char *name) {
    if (!name) {
        chosen = NULL;
        return 1;
    }
    for (size_t i = 0; i < variant_count; i++)
        if (!strcmp(variants[i].name, name) && runs_here(name)) {
            chosen = &variants[i];
            return 1;
        }
    return 0;
}

void vk_product(const vk_matrix *w, const vk_rows *in, size_t rows, float *out, size_t out_stride) {
    const variant *v = choose();
    const size_t panels = w->columns / VK_PANEL;
    // A panel stays in the first-level cache while all rows pass by it.
    for (size_t panel = 0; panel < panels; panel++) {
        size_t row = 0;
        for (size_t kind = 0; kind < 3; kind++)
            for (; row + v->heights[kind] <= rows; row += v->heights[kind])
                v->blocks[kind](w, in, row, panel, out, out_stride);
    }
}

void vk_pack(const int8_t *weights, size_t taps, size_t depth, size_t columns, int8_t *packed,
             int32_t *sums) {
    for (size_t tap = 0; tap < taps; tap++)
        for (size_t c = 0; c < columns; c++) {
            int32_t sum = 0;
            for (size_t k = 0; k < depth; k++) {
                const int8_t value = weights[(tap * depth + k) * columns + c];
                const size_t panel = c / VK_PANEL;
                packed[(((panel * taps + tap) * (depth / 4) + k / 4) * VK_PANEL + c % VK_PANEL) * 4 +
                       k % 4] = value;
                sum += value;
            }
            sums[tap * columns + c] = sum;
        }
}
