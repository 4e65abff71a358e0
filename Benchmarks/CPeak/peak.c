#include "CPeak.h"

#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#if defined(__x86_64__)
#include <immintrin.h>
#elif defined(__aarch64__)
#include <arm_neon.h>
#endif

// As many sums as hide the latency of an instruction at two or more a cycle.
#define SUMS 12

// Says that a register changed, so that no product is computed once and reused.
#define CHANGED_X86(value) __asm__ volatile("" : "+v"(value))
#define CHANGED_ARM(value) __asm__ volatile("" : "+w"(value))

#if defined(__x86_64__)

__attribute__((target("avx512f,avx512bw,avx512vl,avx512vnni"))) static uint64_t
avx512vnni(uint64_t rounds) {
    __m512i sums[SUMS], a = _mm512_set1_epi8(3), b = _mm512_set1_epi8(-5);
    for (int i = 0; i < SUMS; i++) sums[i] = _mm512_setzero_si512();
    for (uint64_t round = 0; round < rounds; round++)
        for (int i = 0; i < SUMS; i++) sums[i] = _mm512_dpbusd_epi32(sums[i], a, b);
    for (int i = 0; i < SUMS; i++) CHANGED_X86(sums[i]);
    return rounds * SUMS * 64;
}

__attribute__((target("avx2"))) static uint64_t avx2(uint64_t rounds) {
    __m256i sums[SUMS], a = _mm256_set1_epi16(3), b = _mm256_set1_epi16(-5);
    for (int i = 0; i < SUMS; i++) sums[i] = _mm256_setzero_si256();
    for (uint64_t round = 0; round < rounds; round++)
        for (int i = 0; i < SUMS; i++) {
            CHANGED_X86(b);
            sums[i] = _mm256_add_epi32(sums[i], _mm256_madd_epi16(a, b));
        }
    for (int i = 0; i < SUMS; i++) CHANGED_X86(sums[i]);
    return rounds * SUMS * 16;
}

#elif defined(__aarch64__)

__attribute__((target("dotprod"))) static uint64_t neon(uint64_t rounds) {
    int32x4_t sums[SUMS];
    int8x16_t a = vdupq_n_s8(3), b = vdupq_n_s8(-5);
    for (int i = 0; i < SUMS; i++) sums[i] = vdupq_n_s32(0);
    for (uint64_t round = 0; round < rounds; round++)
        for (int i = 0; i < SUMS; i++) sums[i] = vdotq_s32(sums[i], a, b);
    for (int i = 0; i < SUMS; i++) CHANGED_ARM(sums[i]);
    return rounds * SUMS * 16;
}

#endif

uint64_t peak_products(const char *instruction_set, uint64_t rounds) {
#if defined(__x86_64__)
    if (!strcmp(instruction_set, "avx512vnni")) return avx512vnni(rounds);
    if (!strcmp(instruction_set, "avx2")) return avx2(rounds);
#elif defined(__aarch64__)
    if (!strcmp(instruction_set, "neon")) return neon(rounds);
#endif
    (void)instruction_set;
    return 0;
}

#if defined(__x86_64__) && defined(__linux__)
__attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#endif
uint64_t peak_read(const uint64_t *words, uint64_t count) {
    typedef uint64_t lanes __attribute__((vector_size(64), aligned(8)));
    lanes sums[4] = {{0}};
    uint64_t at = 0;
    for (; at + 32 <= count; at += 32)
        for (int i = 0; i < 4; i++) sums[i] += *(const lanes *)(words + at + i * 8);
    uint64_t total = 0;
    for (; at < count; at++) total += words[at];
    for (int i = 0; i < 4; i++)
        for (int k = 0; k < 8; k++) total += sums[i][k];
    return total;
}

uint64_t peak_memory(void) {
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
#if defined(__APPLE__)
    return (uint64_t)usage.ru_maxrss;
#else
    return (uint64_t)usage.ru_maxrss * 1024;
#endif
}

uint64_t resident_memory(void) {
    long pages = 0;
    FILE *file = fopen("/proc/self/statm", "r");
    if (!file) return 0;
    if (fscanf(file, "%*s %ld", &pages) != 1) pages = 0;
    fclose(file);
    return (uint64_t)pages * (uint64_t)sysconf(_SC_PAGESIZE);
}
