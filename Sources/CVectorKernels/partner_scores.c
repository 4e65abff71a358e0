#include "CVectorKernels.h"
#include "dispatch.h"

// Contracting a multiply and an add on one machine only would change the bits.
#pragma STDC FP_CONTRACT OFF

// Eight lanes whatever the machine has.
typedef double doubles __attribute__((vector_size(64), aligned(8)));
typedef int64_t longs __attribute__((vector_size(64), aligned(8)));
typedef int32_t ints __attribute__((vector_size(32), aligned(4)));
typedef float floats __attribute__((vector_size(32), aligned(4)));

#define AT(pointer, type, lane) (*(const type *)((pointer) + (lane)))
#define POSITIVE(v) __builtin_elementwise_max((v), (doubles){0})

// max(0, cosine) of one block.
#define COSINE(block)                                                                              \
    POSITIVE(__builtin_convertvector(AT(dots + (block)*VK_LANES, ints, lane), doubles) *           \
             rating->scales[block] *                                                               \
             __builtin_convertvector(AT(panel->scales + (block)*VK_LANES, floats, lane), doubles))

VK_CLONES void vk_partner_scores(const vk_partner_rating *rating, const vk_partner_panel *panel,
                                 const vk_partner_facts *facts, const int32_t *dots,
                                 uint32_t lanes, int32_t *micros) {
    const uint32_t known = rating->known;
    const double *shares = rating->shares;
    for (size_t lane = 0; lane < VK_LANES; lane += 8) {
        if ((lanes >> lane & 0xff) == 0) continue;
        doubles sum = {0};
        if (known & VK_SHARED_NETWORKS) {
            doubles common = {0};
            for (size_t n = 0; n < rating->networks; n++)
                common = common + rating->roots[n] * AT(facts->roots + n * VK_LANES, doubles, lane);
            sum = sum + shares[0] * __builtin_elementwise_min(common, (doubles){0} + 1.0);
        }
        if (known & VK_CONTENT) sum = sum + shares[1] * COSINE(0);
        if (known & (VK_QUERY_SEEKS | VK_QUERY_OFFERS)) {
            doubles value;
            if ((known & VK_QUERY_SEEKS) && (known & VK_QUERY_OFFERS))
                value = (COSINE(2) + COSINE(1)) / 2.0;
            else if (known & VK_QUERY_SEEKS)
                value = COSINE(1);
            else
                value = COSINE(2);
            sum = sum + shares[2] * value;
        }
        if (known & VK_SCALE) {
            const doubles apart =
                rating->log_population - AT(facts->log_populations, doubles, lane);
            sum = sum +
                  shares[3] * POSITIVE(1.0 - __builtin_elementwise_abs(apart));
        }
        // Codes are looked up one by one.
        if (known & VK_LANGUAGE) {
            doubles value;
            for (size_t i = 0; i < 8; i++) value[i] = rating->languages[facts->languages[lane + i]];
            sum = sum + shares[4] * value;
        }
        if (known & VK_MENTORING) {
            doubles value;
            for (size_t i = 0; i < 8; i++) value[i] = rating->mentoring[facts->mentoring[lane + i]];
            sum = sum + shares[5] * value;
        }
        if (known & VK_THEMES) {
            doubles value;
            for (size_t i = 0; i < 8; i++) value[i] = rating->themes[facts->themes[lane + i]];
            sum = sum + shares[6] * value;
        }
        sum = __builtin_elementwise_min(POSITIVE(sum), (doubles){0} + 1.0) * 1e6;
        // To the nearest, halves up; the difference is exact.
        const ints whole = __builtin_convertvector(sum, ints);
        const longs up = sum - __builtin_convertvector(whole, doubles) >= 0.5;
        *(ints *)(micros + lane) = whole - __builtin_convertvector(up, ints);
    }
}

// The products as large as the lengths of tails allow.
VK_CLONES static void largest_dots(const vk_partner_panel *panel, const vk_partner_query *query,
                                   const int32_t *dots, int32_t *largest) {
    for (size_t b = 0; b < VK_BLOCKS; b++)
        for (size_t lane = 0; lane < VK_LANES; lane++) {
            const size_t at = b * VK_LANES + lane;
            // One more than is cut off, and one for the rounding of the product.
            largest[at] = dots[at] + (int32_t)(panel->lengths[at] * query->lengths[b]) + 2;
        }
}

VK_CLONES static uint32_t reaching(const int32_t *micros, int32_t least) {
    uint32_t lanes = 0;
    for (size_t lane = 0; lane < VK_LANES; lane++)
        lanes |= (uint32_t)(micros[lane] >= least) << lane;
    return lanes;
}

uint32_t vk_partner_rate(const vk_partner_shape *shape, const vk_partner_panel *panel,
                         const vk_partner_query *query, const vk_partner_rating *rating,
                         const vk_partner_facts *facts, uint32_t lanes, int32_t least,
                         int32_t *micros) {
    int32_t dots[VK_BLOCKS * VK_LANES] = {0};
    const uint32_t vectors = VK_CONTENT | VK_QUERY_SEEKS | VK_QUERY_OFFERS;
    if (rating->known & vectors) {
        vk_partner_heads(shape, panel, query, lanes, dots);
        // Without facts this would say no more than the bound of the panel.
        if (shape->tail > 0 && least > 0 && (rating->known & ~vectors)) {
            int32_t largest[VK_BLOCKS * VK_LANES];
            largest_dots(panel, query, dots, largest);
            vk_partner_scores(rating, panel, facts, largest, lanes, micros);
            lanes &= reaching(micros, least);
            if (lanes == 0) return 0;
        }
        vk_partner_tails(shape, panel, query, lanes, dots);
    }
    vk_partner_scores(rating, panel, facts, dots, lanes, micros);
    return least > 0 ? lanes & reaching(micros, least) : lanes;
}

VK_CLONES void vk_partner_fact_bounds(const vk_partner_crowd *crowd,
                                      const vk_partner_summary *summary,
                                      const float *roots, float *bounds) {
    typedef float lanes __attribute__((vector_size(64), aligned(4)));
    const size_t stride = crowd->stride;
    const float *const tables[3] = {crowd->languages, crowd->mentoring, crowd->themes};
    for (size_t q = 0; q < stride; q += 16) {
        lanes common = {0};
        for (size_t n = 0; n < crowd->networks; n++)
            common = common + AT(crowd->roots + n * stride, lanes, q) * roots[n];
        lanes sum = AT(crowd->shares, lanes, q) *
                    __builtin_elementwise_min(common, (lanes){0} + 1.0f);

        const lanes population = AT(crowd->log_populations, lanes, q);
        const lanes apart =
            __builtin_elementwise_max(summary->lowest_log_population - population,
                                      population - summary->highest_log_population);
        const lanes scale = 1.0f - __builtin_elementwise_max(apart, (lanes){0});
        sum = sum + AT(crowd->shares + stride, lanes, q) *
                        __builtin_elementwise_max(scale, (lanes){0});

        for (size_t fact = 0; fact < 3; fact++) {
            lanes value = {0};
            if (!tables[fact] || summary->code_counts[fact] > VK_CODES)
                value = value + 1.0f;
            else
                for (size_t i = 0; i < summary->code_counts[fact]; i++)
                    value = __builtin_elementwise_max(
                        value, AT(tables[fact] + summary->codes[fact][i] * stride, lanes, q));
            sum = sum + AT(crowd->shares + (2 + fact) * stride, lanes, q) * value;
        }
        *(lanes *)(bounds + q) = sum;
    }
}

vk_partner_summary vk_partner_no_summary(void) {
    // Far from any population, and finite, so that nothing becomes NaN.
    return (vk_partner_summary){.lowest_log_population = 1e30f, .highest_log_population = -1e30f};
}

void vk_partner_add_code(vk_partner_summary *summary, size_t fact, uint32_t code) {
    uint32_t *count = &summary->code_counts[fact];
    if (*count > VK_CODES) return;
    for (uint32_t i = 0; i < *count; i++)
        if (summary->codes[fact][i] == code) return;
    if (*count < VK_CODES) summary->codes[fact][*count] = code;
    *count += 1;
}
