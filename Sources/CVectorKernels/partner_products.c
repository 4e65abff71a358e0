#include "CVectorKernels.h"
#include "dispatch.h"

#include <string.h>

#if defined(__x86_64__)
#include <immintrin.h>
#elif defined(__aarch64__)
#include <arm_neon.h>
#endif

// Contracting a multiply and an add on one machine only would change the bits.
#pragma STDC FP_CONTRACT OFF

// MARK: - Any machine

// Adds the products of `depth` components of each block of a query with those of
// all candidates of a panel, both laid out as their heads and as their tails are.
typedef void products_function(const uint8_t *panel, size_t depth, const int8_t *query,
                               int32_t *dots);

static void plain_products(const uint8_t *panel, size_t depth, const int8_t *query,
                           int32_t *dots) {
    for (size_t b = 0; b < VK_BLOCKS; b++, dots += VK_LANES)
        for (size_t g = 0; g < depth / 4; g++, panel += VK_LANES * 4, query += 4)
            for (size_t lane = 0; lane < VK_LANES; lane++)
                for (size_t k = 0; k < 4; k++)
                    dots[lane] += ((int32_t)panel[lane * 4 + k] - 128) * query[k];
}

// The same operations in the same order as the AVX-512 variant below.
static void bounds_with(products_function *products, const vk_partner_shape *shape,
                        const vk_partner_panel *panel, const vk_partner_bound *bounds,
                        const uint32_t *list, size_t count, uint32_t *lanes) {
    for (size_t i = 0; i < count; i++) {
        const vk_partner_bound *query = &bounds[list[i]];
        int32_t dots[VK_BLOCKS * VK_LANES] = {0};
        products(panel->head, shape->head, query->head, dots);
        float total[VK_LANES] = {0};
        for (size_t b = 0; b < VK_BLOCKS; b++)
            for (size_t lane = 0; lane < VK_LANES; lane++) {
                const size_t at = b * VK_LANES + lane;
                const float product = (float)dots[at] + panel->lengths[at] * query->lengths[b];
                const float bound = product * panel->scales[at] * query->steps[b];
                total[lane] = total[lane] + (bound > 0 ? bound : 0);
            }
        uint32_t bits = 0;
        for (size_t lane = 0; lane < VK_LANES; lane++)
            bits |= (uint32_t)(total[lane] >= query->need) << lane;
        lanes[i] = bits;
    }
}

// MARK: - x86

#if defined(__x86_64__)

#define AVX512 __attribute__((target("avx512f,avx512bw,avx512vl,avx512dq,avx512vnni")))
#define AVX512_INLINE                                                                              \
    static inline __attribute__((always_inline, target("avx512f,avx512bw,avx512vl,avx512dq,avx512vnni")))

AVX512_INLINE __m512i four_of(const int8_t *query) {
    int32_t four;
    memcpy(&four, query, 4);
    return _mm512_set1_epi32(four);
}

// 6 queries × 32 candidates: 12 integer sums, 12 float sums, 2 loads of
// candidates and 1 of a query fill 27 of the 32 registers.
AVX512_INLINE void avx512_tile(const vk_partner_shape *shape, const vk_partner_panel *panel,
                               const vk_partner_bound *bounds, const uint32_t *list,
                               uint32_t *lanes, const size_t height) {
    const size_t groups = shape->head / 4;
    const uint8_t *candidates = panel->head;
    __m512 total[6][2];
    for (size_t q = 0; q < height; q++) total[q][0] = total[q][1] = _mm512_setzero_ps();
    for (size_t b = 0; b < VK_BLOCKS; b++) {
        const int8_t *heads[6];
        __m512i sum[6][2];
        for (size_t q = 0; q < height; q++) {
            heads[q] = bounds[list[q]].head + b * shape->head;
            sum[q][0] = sum[q][1] = _mm512_set1_epi32(bounds[list[q]].starts[b]);
        }
        for (size_t g = 0; g < groups; g++, candidates += VK_LANES * 4) {
            const __m512i low = _mm512_load_si512(candidates);
            const __m512i high = _mm512_load_si512(candidates + 64);
            for (size_t q = 0; q < height; q++) {
                const __m512i four = four_of(heads[q] + g * 4);
                sum[q][0] = _mm512_dpbusd_epi32(sum[q][0], low, four);
                sum[q][1] = _mm512_dpbusd_epi32(sum[q][1], high, four);
            }
        }
        for (size_t h = 0; h < 2; h++) {
            const __m512 scale = _mm512_loadu_ps(panel->scales + b * VK_LANES + h * 16);
            const __m512 length = _mm512_loadu_ps(panel->lengths + b * VK_LANES + h * 16);
            for (size_t q = 0; q < height; q++) {
                const __m512 steps = _mm512_set1_ps(bounds[list[q]].steps[b]);
                const __m512 lengths = _mm512_set1_ps(bounds[list[q]].lengths[b]);
                const __m512 product =
                    _mm512_add_ps(_mm512_cvtepi32_ps(sum[q][h]), _mm512_mul_ps(length, lengths));
                const __m512 bound = _mm512_mul_ps(_mm512_mul_ps(product, scale), steps);
                total[q][h] =
                    _mm512_add_ps(total[q][h], _mm512_max_ps(bound, _mm512_setzero_ps()));
            }
        }
    }
    for (size_t q = 0; q < height; q++) {
        const __m512 need = _mm512_set1_ps(bounds[list[q]].need);
        const uint32_t low = _mm512_cmp_ps_mask(total[q][0], need, _CMP_GE_OQ);
        const uint32_t high = _mm512_cmp_ps_mask(total[q][1], need, _CMP_GE_OQ);
        lanes[q] = low | high << 16;
    }
}

AVX512 static void avx512_bounds(const vk_partner_shape *shape, const vk_partner_panel *panel,
                                 const vk_partner_bound *bounds, const uint32_t *list,
                                 size_t count, uint32_t *lanes) {
    size_t i = 0;
    for (; i + 6 <= count; i += 6) avx512_tile(shape, panel, bounds, list + i, lanes + i, 6);
    for (; i + 2 <= count; i += 2) avx512_tile(shape, panel, bounds, list + i, lanes + i, 2);
    for (; i < count; i++) avx512_tile(shape, panel, bounds, list + i, lanes + i, 1);
}

// One query with the whole panel, or with half of it.
AVX512_INLINE void avx512_half_products(const uint8_t *panel, size_t depth, const int8_t *query,
                                        int32_t start, int32_t *dots, const size_t halves) {
    // Four sums for each sixteen candidates hide the latency of an instruction.
    __m512i sum[2][4];
    for (size_t h = 0; h < halves; h++) {
        sum[h][0] =
            _mm512_add_epi32(_mm512_loadu_si512(dots + h * 16), _mm512_set1_epi32(start));
        for (size_t i = 1; i < 4; i++) sum[h][i] = _mm512_setzero_si512();
    }
    for (size_t k = 0; k < depth; k += 16)
        for (size_t i = 0; i < 4; i++, panel += VK_LANES * 4) {
            const __m512i four = four_of(query + k + i * 4);
            for (size_t h = 0; h < halves; h++)
                sum[h][i] =
                    _mm512_dpbusd_epi32(sum[h][i], _mm512_load_si512(panel + h * 64), four);
        }
    for (size_t h = 0; h < halves; h++)
        _mm512_storeu_si512(dots + h * 16,
                            _mm512_add_epi32(_mm512_add_epi32(sum[h][0], sum[h][1]),
                                             _mm512_add_epi32(sum[h][2], sum[h][3])));
}

AVX512 static void avx512_products(const uint8_t *panel, size_t depth, const int8_t *query,
                                   const int32_t *starts, uint32_t lanes, int32_t *dots) {
    for (size_t b = 0; b < VK_BLOCKS; b++) {
        const uint8_t *block = panel + b * depth * VK_LANES;
        const int8_t *vector = query + b * depth;
        int32_t *sums = dots + b * VK_LANES;
        if ((lanes >> 16) == 0)
            avx512_half_products(block, depth, vector, starts[b], sums, 1);
        else if ((lanes & 0xffff) == 0)
            avx512_half_products(block + 64, depth, vector, starts[b], sums + 16, 1);
        else
            avx512_half_products(block, depth, vector, starts[b], sums, 2);
    }
}

#define AVX2 __attribute__((target("avx2")))

// Sixteen-bit products, because the eight-bit multiply of AVX2 saturates.
AVX2 static void avx2_products(const uint8_t *panel, size_t depth, const int8_t *query,
                               int32_t *dots) {
    const __m256i zero = _mm256_set1_epi16(128);
    for (size_t b = 0; b < VK_BLOCKS; b++, panel += depth * VK_LANES, query += depth)
        for (size_t part = 0; part < 4; part++) {
            // Two half-finished sums a candidate, in pairs.
            __m256i low = _mm256_setzero_si256(), high = low;
            for (size_t g = 0; g < depth / 4; g++) {
                const __m256i bytes = _mm256_loadu_si256(
                    (const __m256i *)(panel + g * VK_LANES * 4 + part * 32));
                int32_t four;
                memcpy(&four, query + g * 4, 4);
                const __m256i q = _mm256_cvtepi8_epi16(_mm_set1_epi32(four));
                const __m256i c0 = _mm256_cvtepu8_epi16(_mm256_castsi256_si128(bytes));
                const __m256i c1 = _mm256_cvtepu8_epi16(_mm256_extracti128_si256(bytes, 1));
                low = _mm256_add_epi32(low, _mm256_madd_epi16(_mm256_sub_epi16(c0, zero), q));
                high = _mm256_add_epi32(high, _mm256_madd_epi16(_mm256_sub_epi16(c1, zero), q));
            }
            const __m256i sum = _mm256_permute4x64_epi64(_mm256_hadd_epi32(low, high), 0xD8);
            __m256i *at = (__m256i *)(dots + b * VK_LANES + part * 8);
            _mm256_storeu_si256(at, _mm256_add_epi32(_mm256_loadu_si256(at), sum));
        }
}

#elif defined(__aarch64__)

#define NEON __attribute__((target("dotprod")))

NEON static inline int8x16_t signed_of(const uint8_t *bytes) {
    return vreinterpretq_s8_u8(veorq_u8(vld1q_u8(bytes), vdupq_n_u8(128)));
}

NEON static void neon_products(const uint8_t *panel, size_t depth, const int8_t *query,
                               int32_t *dots) {
    for (size_t b = 0; b < VK_BLOCKS; b++, dots += VK_LANES) {
        int32x4_t sum[8];
        for (size_t h = 0; h < 8; h++) sum[h] = vld1q_s32(dots + h * 4);
        for (size_t g = 0; g < depth / 4; g++, panel += VK_LANES * 4, query += 4) {
            int32_t four;
            memcpy(&four, query, 4);
            const int8x16_t q = vreinterpretq_s8_s32(vdupq_n_s32(four));
            for (size_t h = 0; h < 8; h++)
                sum[h] = vdotq_s32(sum[h], signed_of(panel + h * 16), q);
        }
        for (size_t h = 0; h < 8; h++) vst1q_s32(dots + h * 4, sum[h]);
    }
}

#endif

// MARK: - Choice

void vk_partner_bounds(const vk_partner_shape *shape, const vk_partner_panel *panel,
                       const vk_partner_bound *bounds, const uint32_t *list, size_t count,
                       uint32_t *lanes) {
    const vk_set set = vk_chosen_set();
    products_function *products = plain_products;
#if defined(__x86_64__)
    if (set == VK_AVX512) {
        avx512_bounds(shape, panel, bounds, list, count, lanes);
        return;
    }
    if (set == VK_AVX2) products = avx2_products;
#elif defined(__aarch64__)
    if (set == VK_NEON) products = neon_products;
#endif
    (void)set;
    bounds_with(products, shape, panel, bounds, list, count, lanes);
}

static void add_products(const uint8_t *panel, size_t depth, const int8_t *query,
                         const int32_t *starts, uint32_t lanes, int32_t *dots) {
    const vk_set set = vk_chosen_set();
    products_function *products = plain_products;
#if defined(__x86_64__)
    if (set == VK_AVX512) {
        avx512_products(panel, depth, query, starts, lanes, dots);
        return;
    }
    if (set == VK_AVX2) products = avx2_products;
#elif defined(__aarch64__)
    if (set == VK_NEON) products = neon_products;
#endif
    (void)set;
    (void)starts;
    (void)lanes;
    products(panel, depth, query, dots);
}

void vk_partner_heads(const vk_partner_shape *shape, const vk_partner_panel *panel,
                      const vk_partner_query *query, uint32_t lanes, int32_t *dots) {
    memset(dots, 0, VK_BLOCKS * VK_LANES * sizeof *dots);
    add_products(panel->head, shape->head, query->head, query->head_starts, lanes, dots);
}

void vk_partner_tails(const vk_partner_shape *shape, const vk_partner_panel *panel,
                      const vk_partner_query *query, uint32_t lanes, int32_t *dots) {
    if (shape->tail > 0)
        add_products(panel->tail, shape->tail, query->tail, query->tail_starts, lanes, dots);
}

int64_t vk_partner_pack(const vk_partner_shape *shape, const int8_t *vector, size_t dimension,
                        size_t block, size_t lane, uint8_t *head, uint8_t *tail) {
    head += block * shape->head * VK_LANES + lane * 4;
    tail += block * shape->tail * VK_LANES + lane * 4;
    int64_t squares = 0;
    for (size_t k = 0; k < dimension; k++) {
        const uint8_t moved = (uint8_t)(vector[k] + 128);
        const size_t at = k < shape->head ? k : k - shape->head;
        (k < shape->head ? head : tail)[at / 4 * VK_LANES * 4 + at % 4] = moved;
        if (k >= shape->head) squares += vector[k] * vector[k];
    }
    return squares;
}
