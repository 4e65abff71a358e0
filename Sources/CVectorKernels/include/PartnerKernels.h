// The loops of the partner index: products of one panel of candidates with
// queries, an upper bound of the score from a part of them, and the score itself.
// Every variant gives the same bits; see CVectorKernels.h.
#ifndef PARTNER_KERNELS_H
#define PARTNER_KERNELS_H

#include <stddef.h>
#include <stdint.h>

#if defined(__cplusplus)
extern "C" {
#endif

/// Candidates in one panel.
#define VK_LANES 32
/// Vectors of a candidate: content, offers, seeks. A query's stand in the order
/// content, seeks, offers, so that block b of both belongs together.
#define VK_BLOCKS 3

/// How the vectors of all candidates are cut: the first `head` components lie apart
/// from the others, the `tail`. Both are multiples of 16, padded with zeros.
/// Components are stored as value + 128.
typedef struct {
    size_t head, tail;
} vk_partner_shape;

/// The candidates of one panel.
typedef struct {
    /// [VK_BLOCKS][head / 4][VK_LANES][4], 64-byte aligned.
    const uint8_t *_Nonnull head;
    /// [VK_BLOCKS][tail / 4][VK_LANES][4], 64-byte aligned.
    const uint8_t *_Nonnull tail;
    /// [VK_BLOCKS][VK_LANES]: what a step of a vector is worth, 0 for an unknown one.
    const float *_Nonnull scales;
    /// [VK_BLOCKS][VK_LANES]: at least the length of a vector's tail, in its steps.
    const float *_Nonnull lengths;
} vk_partner_panel;

/// What the bound of a query needs, its weights folded in.
typedef struct {
    /// [VK_BLOCKS][head]
    const int8_t *_Nonnull head;
    /// -128 · the sum of each block's head, which the stored 128 adds too much.
    int32_t starts[VK_BLOCKS];
    /// For each block: weight · what a step is worth, and the tail's length in steps.
    float steps[VK_BLOCKS], lengths[VK_BLOCKS];
    /// The bound that a candidate must reach.
    float need;
} vk_partner_bound;

/// For each query the candidates whose bound reaches `need`, as bits:
///
///     sum over blocks of max(0, (head·head + length · length) · scale · step)
///
/// in float, added in the order of the blocks. `queries[i]` is `bounds[list[i]]`.
void vk_partner_bounds(const vk_partner_shape *_Nonnull shape,
                       const vk_partner_panel *_Nonnull panel,
                       const vk_partner_bound *_Nonnull bounds, const uint32_t *_Nonnull list,
                       size_t count, uint32_t *_Nonnull lanes);

/// The vectors of a query.
typedef struct {
    /// [VK_BLOCKS][shape.head] and [VK_BLOCKS][shape.tail]
    const int8_t *_Nonnull head;
    const int8_t *_Nonnull tail;
    /// -128 · the sums of each vector's head and tail, which the stored 128 adds too
    /// much.
    int32_t head_starts[VK_BLOCKS], tail_starts[VK_BLOCKS];
    /// For each block at least the length of the tail, in steps.
    float lengths[VK_BLOCKS];
} vk_partner_query;

/// The integer products of a query's heads with those of the candidates in `lanes`,
/// [VK_BLOCKS][VK_LANES]; what stands for other lanes is not told.
void vk_partner_heads(const vk_partner_shape *_Nonnull shape,
                      const vk_partner_panel *_Nonnull panel,
                      const vk_partner_query *_Nonnull query, uint32_t lanes,
                      int32_t *_Nonnull dots);

/// Adds the products of the tails.
void vk_partner_tails(const vk_partner_shape *_Nonnull shape,
                      const vk_partner_panel *_Nonnull panel,
                      const vk_partner_query *_Nonnull query, uint32_t lanes,
                      int32_t *_Nonnull dots);

/// Puts the vector of one candidate into a panel that was filled with 128. Returns
/// the sum of the squares of what went to the tail.
int64_t vk_partner_pack(const vk_partner_shape *_Nonnull shape, const int8_t *_Nonnull vector,
                        size_t dimension, size_t block, size_t lane, uint8_t *_Nonnull head,
                        uint8_t *_Nonnull tail);

/// Bits of `vk_partner_rating.known`, a factor each, in the order of summation.
/// Complementarity is known when one or both of its directions are.
enum {
    VK_SHARED_NETWORKS = 1,
    VK_CONTENT = 2,
    VK_QUERY_SEEKS = 4,
    VK_QUERY_OFFERS = 8,
    VK_SCALE = 16,
    VK_LANGUAGE = 32,
    VK_MENTORING = 64,
    VK_THEMES = 128,
};

/// How a query rates candidates that know the same facts.
typedef struct {
    uint32_t known;
    /// Of shared networks, content, complementarity, scale, language, mentoring, themes.
    double shares[7];
    /// [VK_BLOCKS]: what a step of the query's vectors is worth.
    double scales[VK_BLOCKS];
    size_t networks;
    /// [networks]: the square roots of the memberships' parts of their sum.
    const double *_Nullable roots;
    double log_population;
    /// The factor by the candidate's code.
    const double *_Nonnull languages, *_Nonnull mentoring, *_Nonnull themes;
} vk_partner_rating;

/// The facts of one panel's candidates, each [VK_LANES].
typedef struct {
    /// [networks][VK_LANES]
    const double *_Nullable roots;
    const double *_Nonnull log_populations;
    const uint32_t *_Nonnull languages;
    const uint8_t *_Nonnull mentoring, *_Nonnull themes;
} vk_partner_facts;

/// The scores of the candidates in `lanes` in millionths, with the operations of
/// `PairFactors` and `PairScore` in the same order; what stands for other lanes is
/// not told.
void vk_partner_scores(const vk_partner_rating *_Nonnull rating,
                       const vk_partner_panel *_Nonnull panel,
                       const vk_partner_facts *_Nonnull facts, const int32_t *_Nonnull dots,
                       uint32_t lanes, int32_t *_Nonnull micros);

/// Which of the candidates in `lanes` score at least `least` millionths, and the
/// scores of these.
///
/// A candidate's tail is read only when its score could reach `least` with tails
/// that agree as well as their lengths allow: scores rise with each product, step
/// by step of their computation.
uint32_t vk_partner_rate(const vk_partner_shape *_Nonnull shape,
                         const vk_partner_panel *_Nonnull panel,
                         const vk_partner_query *_Nonnull query,
                         const vk_partner_rating *_Nonnull rating,
                         const vk_partner_facts *_Nonnull facts, uint32_t lanes, int32_t least,
                         int32_t *_Nonnull micros);

/// Codes of one fact that a summary lists; a panel with more has any.
#define VK_CODES 4

/// What the facts of a panel's candidates amount to at most.
typedef struct {
    /// Of those above 0; the lowest is above the highest when there are none.
    float lowest_log_population, highest_log_population;
    /// Of languages, mentoring, themes.
    uint32_t codes[3][VK_CODES];
    /// How many codes there are, VK_CODES + 1 for more than fit.
    uint32_t code_counts[3];
} vk_partner_summary;

/// A summary of nobody.
vk_partner_summary vk_partner_no_summary(void);

/// Adds a code of a fact (0 languages, 1 mentoring, 2 themes) to a summary.
void vk_partner_add_code(vk_partner_summary *_Nonnull summary, size_t fact, uint32_t code);

/// What all queries need for the bound of a panel's facts, each [stride].
typedef struct {
    /// A multiple of 16.
    size_t stride;
    size_t networks;
    /// [networks][stride]
    const float *_Nullable roots;
    const float *_Nonnull log_populations;
    /// [5][stride]: shared networks, scale, language, mentoring, themes.
    const float *_Nonnull shares;
    /// [codes][stride]: the factor by the candidate's code; NULL when there are too
    /// many codes to look at.
    const float *_Nullable languages;
    const float *_Nonnull mentoring, *_Nonnull themes;
} vk_partner_crowd;

/// For each query a bound of what facts add to the score, but for rounding.
/// `roots` [networks] are the largest of the panel.
void vk_partner_fact_bounds(const vk_partner_crowd *_Nonnull crowd,
                            const vk_partner_summary *_Nonnull summary,
                            const float *_Nullable roots, float *_Nonnull bounds);

#if defined(__cplusplus)
}
#endif

#endif
