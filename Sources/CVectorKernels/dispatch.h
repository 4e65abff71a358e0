#ifndef VK_DISPATCH_H
#define VK_DISPATCH_H

// One function body, compiled for each of these and chosen by the loader.
#if defined(__x86_64__) && defined(__linux__)
#define VK_CLONES __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define VK_CLONES
#endif

// The instruction set that `vk_instruction_set` names.
typedef enum { VK_PLAIN, VK_AVX2, VK_AVX512, VK_NEON } vk_set;
vk_set vk_chosen_set(void);

#endif
