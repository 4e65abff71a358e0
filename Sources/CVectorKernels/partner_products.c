#include "CVectorKernels.h"

#include <string.h>

#if defined(__x86_64__)
#include <immintrin.h>
#elif defined(__aarch64__)
#include <arm_neon.h>
#endif

// Contracting a multiply and an add on one machine only would change the bits.
#pragma STDC FP_CONTRACT OFF

static inline size_t head_block(const vk_partner_shape *shape) { return shape->head * VK_LANES; }

// MARK: - Any machine

typedef void head_function(const vk_partner_shape *shape, const uint8_t *panel,
                           const int8_t *query, int32_t *dots);
typedef void tail_function(const vk_partner_shape *shape, const uint8_t *row, const int8_t *query,
                           size_t lane, int32_t *dots);

static void plain_head(const vk_partner_shape *shape, const uint8_t *panel, const int8_t *query,
                       int32_t *dots) {
    for (size_t b = 0; b < VK_BLOCKS; b++) {
        int32_t *sum = dots + b * VK_LANES;
        for (size_t lane = 0; lane < VK_LANES; lane++) sum[lane] = 0;
        for (size_t g = 0; g < shape->head / 4; g++, panel += VK_LANES * 4, query += 4)
            for (size_t lane = 0; lane < VK_LANES; lane++)
                for (size_t k = 0; k < 4; k++)
                    sum[lane] += ((int32_t)panel[lane * 4 + k] - 128) * query[k];
    }
}

static void plain_tail(const vk_partner_shape *shape, const uint8_t *row, const int8_t *query,
                       size_t lane, int32_t *dots) {
    for (size_t b = 0; b < VK_BLOCKS; b++) {
        int32_t sum = 0;
        for (size_t k = 0; k < shape->tail; k++)
            sum += ((int32_t)row[b * shape->tail + k] - 128) * query[b * shape->tail + k];
        dots[b * VK_LANES + lane] += sum;
    }
}

// The same operations in the same order as the AVX-512 variant below.
static void bounds_with(head_function *head, const vk_partner_shape *shape,
                        const vk_partner_panel *panel, const vk_partner_bound *bounds,
                        const uint32_t *list, size_t count, uint32_t *lanes) {
    for (size_t i = 0; i < count; i++) {
        const vk_partner_bound *query = &bounds[list[i]];
        int32_t dots[VK_BLOCKS * VK_LANES];
        head(shape, panel->head, query->head, dots);
        float total[VK_LANES] = {0};
        for (size_t b = 0; b < VK_BLOCKS; b++)
            for (size_t lane = 0; lane < VK_LANES; lane++) {
                const size_t at = b * VK_LANES + lane;
                const float head_part = (float)dots[at] * panel->scales[at] * query->steps[b];
                const float bound = head_part + panel->lengths[at] * query->lengths[b];
                total[lane] = total[lane] + (bound > 0 ? bound : 0);
            }
        uint32_t bits = 0;
        for (size_t lane = 0; lane < VK_LANES; lane++)
            bits |= (uint32_t)(total[lane] >= query->need) << lane;
        lanes[i] = bits;
    }
}

static void dots_with(head_function *head, tail_function *tail, const vk_partner_shape *shape,
                      const vk_partner_panel *panel, const vk_partner_query *query,
                      uint32_t lanes, int32_t *dots) {
    head(shape, panel->head, query->head, dots);
    if (shape->tail == 0) return;
    for (size_t lane = 0; lane < VK_LANES; lane++)
        if (lanes >> lane & 1)
            tail(shape, panel->tail + lane * VK_BLOCKS * shape->tail, query->tail, lane, dots);
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
                const __m512 head = _mm512_mul_ps(
                    _mm512_mul_ps(_mm512_cvtepi32_ps(sum[q][h]), scale), steps);
                const __m512 bound = _mm512_add_ps(head, _mm512_mul_ps(length, lengths));
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

// The sums of four vectors.
AVX512_INLINE __m128i sums_of(__m512i a, __m512i b, __m512i c, __m512i d) {
#define HALVED(v) _mm256_add_epi32(_mm512_castsi512_si256(v), _mm512_extracti64x4_epi64(v, 1))
    const __m256i ab = _mm256_hadd_epi32(HALVED(a), HALVED(b));
    const __m256i cd = _mm256_hadd_epi32(HALVED(c), HALVED(d));
#undef HALVED
    const __m256i all = _mm256_hadd_epi32(ab, cd);
    return _mm_add_epi32(_mm256_castsi256_si128(all), _mm256_extracti128_si256(all, 1));
}

// The products of sixteen candidates' heads.
AVX512_INLINE __m512i sixteen(const uint8_t *candidates, const int8_t *query, size_t groups,
                              int32_t start) {
    __m512i a = _mm512_set1_epi32(start), b = _mm512_setzero_si512(), c = b, d = b;
#define ADD(sum, g)                                                                                \
    sum = _mm512_dpbusd_epi32(sum, _mm512_load_si512(candidates + (g)*VK_LANES * 4),               \
                              four_of(query + (g)*4))
    for (; groups != 0; groups -= 4, candidates += 4 * VK_LANES * 4, query += 16) {
        ADD(a, 0);
        ADD(b, 1);
        ADD(c, 2);
        ADD(d, 3);
    }
#undef ADD
    return _mm512_add_epi32(_mm512_add_epi32(a, b), _mm512_add_epi32(c, d));
}

AVX512 static void avx512_dots(const vk_partner_shape *shape, const vk_partner_panel *panel,
                               const vk_partner_query *query, uint32_t lanes, int32_t *dots) {
    const size_t tail = shape->tail;
    const size_t row = VK_BLOCKS * tail;
    const int8_t *query_tail = query->tail;
    for (size_t h = 0; h < 2; h++)
        if (lanes >> (h * 16) & 0xffff)
            for (size_t b = 0; b < VK_BLOCKS; b++)
                _mm512_storeu_si512(
                    dots + b * VK_LANES + h * 16,
                    sixteen(panel->head + b * head_block(shape) + h * 64,
                            query->head + b * shape->head, shape->head / 4, query->starts[b]));
    if (tail == 0) return;
    for (size_t lane = 0; lane < VK_LANES; lane += 4) {
        uint32_t four = lanes >> lane & 15;
        if (four == 0) continue;
        const uint8_t *rows = panel->tail + lane * row;
        // A row that is not wanted is not fetched from memory, unless with others.
        if ((four & (four - 1)) == 0) {
            const int only = __builtin_ctz(four);
            __m512i sum[VK_BLOCKS];
            for (size_t b = 0; b < VK_BLOCKS; b++) sum[b] = _mm512_setzero_si512();
            for (size_t b = 0; b < VK_BLOCKS; b++)
                for (size_t k = 0; k < tail; k += 64)
                    sum[b] = _mm512_dpbusd_epi32(
                        sum[b], _mm512_loadu_si512(rows + only * row + b * tail + k),
                        _mm512_loadu_si512(query_tail + b * tail + k));
            int32_t added[4];
            _mm_storeu_si128((__m128i *)added,
                             sums_of(sum[0], sum[1], sum[2], _mm512_setzero_si512()));
            for (size_t b = 0; b < VK_BLOCKS; b++) dots[b * VK_LANES + lane + only] += added[b];
            continue;
        }
        for (size_t b = 0; b < VK_BLOCKS; b++) {
            __m512i sum[4];
            for (size_t r = 0; r < 4; r++) sum[r] = _mm512_setzero_si512();
            for (size_t k = 0; k < tail; k += 64) {
                const __m512i query = _mm512_loadu_si512(query_tail + b * tail + k);
                for (size_t r = 0; r < 4; r++)
                    sum[r] = _mm512_dpbusd_epi32(
                        sum[r], _mm512_loadu_si512(rows + r * row + b * tail + k), query);
            }
            __m128i *at = (__m128i *)(dots + b * VK_LANES + lane);
            _mm_storeu_si128(at, _mm_add_epi32(_mm_loadu_si128(at),
                                               sums_of(sum[0], sum[1], sum[2], sum[3])));
        }
    }
}

#define AVX2 __attribute__((target("avx2")))

// Sixteen-bit products, because the eight-bit multiply of AVX2 saturates.
AVX2 static void avx2_head(const vk_partner_shape *shape, const uint8_t *panel,
                           const int8_t *query, int32_t *dots) {
    const __m256i zero = _mm256_set1_epi16(128);
    for (size_t b = 0; b < VK_BLOCKS; b++)
        for (size_t part = 0; part < 4; part++) {
            // Two half-finished sums a candidate, in pairs.
            __m256i low = _mm256_setzero_si256(), high = low;
            for (size_t g = 0; g < shape->head / 4; g++) {
                const uint8_t *at =
                    panel + b * head_block(shape) + g * VK_LANES * 4 + part * 32;
                const __m256i bytes = _mm256_loadu_si256((const __m256i *)at);
                int32_t four;
                memcpy(&four, query + b * shape->head + g * 4, 4);
                const __m256i q = _mm256_cvtepi8_epi16(_mm_set1_epi32(four));
                const __m256i c0 = _mm256_cvtepu8_epi16(_mm256_castsi256_si128(bytes));
                const __m256i c1 = _mm256_cvtepu8_epi16(_mm256_extracti128_si256(bytes, 1));
                low = _mm256_add_epi32(low, _mm256_madd_epi16(_mm256_sub_epi16(c0, zero), q));
                high = _mm256_add_epi32(high, _mm256_madd_epi16(_mm256_sub_epi16(c1, zero), q));
            }
            const __m256i sum = _mm256_permute4x64_epi64(_mm256_hadd_epi32(low, high), 0xD8);
            _mm256_storeu_si256((__m256i *)(dots + b * VK_LANES + part * 8), sum);
        }
}

AVX2 static void avx2_tail(const vk_partner_shape *shape, const uint8_t *row, const int8_t *query,
                           size_t lane, int32_t *dots) {
    const __m256i zero = _mm256_set1_epi16(128);
    for (size_t b = 0; b < VK_BLOCKS; b++) {
        __m256i sum = _mm256_setzero_si256();
        for (size_t k = b * shape->tail; k < (b + 1) * shape->tail; k += 16) {
            const __m256i c =
                _mm256_cvtepu8_epi16(_mm_loadu_si128((const __m128i *)(row + k)));
            const __m256i q =
                _mm256_cvtepi8_epi16(_mm_loadu_si128((const __m128i *)(query + k)));
            sum = _mm256_add_epi32(sum, _mm256_madd_epi16(_mm256_sub_epi16(c, zero), q));
        }
        __m128i half =
            _mm_add_epi32(_mm256_castsi256_si128(sum), _mm256_extracti128_si256(sum, 1));
        half = _mm_hadd_epi32(half, half);
        dots[b * VK_LANES + lane] += _mm_cvtsi128_si32(_mm_hadd_epi32(half, half));
    }
}

#elif defined(__aarch64__)

#define NEON __attribute__((target("dotprod")))

NEON static inline int8x16_t signed_of(const uint8_t *bytes) {
    return vreinterpretq_s8_u8(veorq_u8(vld1q_u8(bytes), vdupq_n_u8(128)));
}

NEON static void neon_head(const vk_partner_shape *shape, const uint8_t *panel,
                           const int8_t *query, int32_t *dots) {
    for (size_t b = 0; b < VK_BLOCKS; b++) {
        int32x4_t sum[8];
        for (size_t h = 0; h < 8; h++) sum[h] = vdupq_n_s32(0);
        for (size_t g = 0; g < shape->head / 4; g++, panel += VK_LANES * 4, query += 4) {
            int32_t four;
            memcpy(&four, query, 4);
            const int8x16_t q = vreinterpretq_s8_s32(vdupq_n_s32(four));
            for (size_t h = 0; h < 8; h++) sum[h] = vdotq_s32(sum[h], signed_of(panel + h * 16), q);
        }
        for (size_t h = 0; h < 8; h++) vst1q_s32(dots + b * VK_LANES + h * 4, sum[h]);
    }
}

NEON static void neon_tail(const vk_partner_shape *shape, const uint8_t *row, const int8_t *query,
                           size_t lane, int32_t *dots) {
    for (size_t b = 0; b < VK_BLOCKS; b++) {
        int32x4_t sum = vdupq_n_s32(0);
        for (size_t k = b * shape->tail; k < (b + 1) * shape->tail; k += 16)
            sum = vdotq_s32(sum, signed_of(row + k), vld1q_s8(query + k));
        dots[b * VK_LANES + lane] += vaddvq_s32(sum);
    }
}

#endif

// MARK: - Choice

// Fetches the tails that are soon read.
static void fetch_tails(const vk_partner_shape *shape, const vk_partner_panel *panel,
                        const uint32_t *lanes, size_t count) {
    const size_t row = VK_BLOCKS * shape->tail;
    uint32_t any = 0;
    for (size_t i = 0; i < count; i++) any |= lanes[i];
    for (; any != 0; any &= any - 1)
        for (size_t k = 0; k < row; k += 64)
            __builtin_prefetch(panel->tail + (size_t)__builtin_ctz(any) * row + k);
}

void vk_partner_bounds(const vk_partner_shape *shape, const vk_partner_panel *panel,
                       const vk_partner_bound *bounds, const uint32_t *list, size_t count,
                       uint32_t *lanes) {
    const char *set = vk_instruction_set();
    head_function *head = plain_head;
#if defined(__x86_64__)
    if (!strcmp(set, "avx512vnni")) {
        avx512_bounds(shape, panel, bounds, list, count, lanes);
        fetch_tails(shape, panel, lanes, count);
        return;
    }
    if (!strcmp(set, "avx2")) head = avx2_head;
#elif defined(__aarch64__)
    if (!strcmp(set, "neon")) head = neon_head;
#endif
    (void)set;
    bounds_with(head, shape, panel, bounds, list, count, lanes);
}

void vk_partner_dots(const vk_partner_shape *shape, const vk_partner_panel *panel,
                     const vk_partner_query *query, uint32_t lanes, int32_t *dots) {
    const char *set = vk_instruction_set();
    head_function *heads = plain_head;
    tail_function *tails = plain_tail;
#if defined(__x86_64__)
    if (!strcmp(set, "avx512vnni")) {
        avx512_dots(shape, panel, query, lanes, dots);
        return;
    }
    if (!strcmp(set, "avx2")) {
        heads = avx2_head;
        tails = avx2_tail;
    }
#elif defined(__aarch64__)
    if (!strcmp(set, "neon")) {
        heads = neon_head;
        tails = neon_tail;
    }
#endif
    (void)set;
    dots_with(heads, tails, shape, panel, query, lanes, dots);
}

int64_t vk_partner_pack(const vk_partner_shape *shape, const int8_t *vector, size_t dimension,
                        size_t block, size_t lane, uint8_t *head, uint8_t *tail) {
    head += block * head_block(shape) + lane * 4;
    int64_t squares = 0;
    for (size_t k = 0; k < shape->head; k++) {
        const int value = k < dimension ? vector[k] : 0;
        head[k / 4 * VK_LANES * 4 + k % 4] = (uint8_t)(value + 128);
    }
    if (shape->tail == 0) return 0;
    tail += (lane * VK_BLOCKS + block) * shape->tail;
    for (size_t k = 0; k < shape->tail; k++) {
        const int value = shape->head + k < dimension ? vector[shape->head + k] : 0;
        tail[k] = (uint8_t)(value + 128);
        squares += value * value;
    }
    return squares;
}
