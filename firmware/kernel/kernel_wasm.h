// SPDX-License-Identifier: MIT
// What the functions of a kernel are written in after wasm2c: WebAssembly's loads, stores and
// arithmetic, where a wasm address is a pointer (decision 0026). Included by generated C only.
#ifndef CAM_KERNEL_WASM_H
#define CAM_KERNEL_WASM_H

#include <stdint.h>

typedef uint8_t u8;
typedef uint16_t u16;
typedef uint32_t u32;
typedef uint64_t u64;
typedef int8_t s8;
typedef int16_t s16;
typedef int32_t s32;
typedef int64_t s64;
typedef float f32;

#define FUNC_PROLOGUE
#define FUNC_EPILOGUE
// What stops a kernel is an instruction that says why, by a value of KernelStop
// (protocol/grabber-page.ts): kernel_enter.c reads it.
#define KERNEL_TRAP(stop)                                                                          \
    do {                                                                                           \
        __asm__ volatile("udf #" stop);                                                            \
        __builtin_unreachable();                                                                   \
    } while (0)
static inline void kernel_divide_by_zero_if(int condition) {
    if (__builtin_expect(condition, 0)) KERNEL_TRAP("3");
}
static inline void kernel_too_large_if(int condition) {
    if (__builtin_expect(condition, 0)) KERNEL_TRAP("4");
}
#define UNREACHABLE KERNEL_TRAP("5")

/** The kernel's own memory: the only symbol that its code refers to. */
extern u8 kernel_data[];
#define KERNEL_DATA(offset) ((u32)(uintptr_t)(kernel_data + (offset)))

// Packed: any address is legal, as in WebAssembly. GCC takes LDR and STR for these, which may be
// unaligned on the Cortex-M4, never LDRD, LDM or VLDR, which may not.
#define KERNEL_AT(type, address)                                                                   \
    (((struct __attribute__((packed, may_alias)) { type value; } *)(uintptr_t)(u32)(address))      \
         ->value)

#define KERNEL_LOAD(name, memory_t, value_t)                                                       \
    static inline value_t kernel_##name(u32 address) {                                             \
        return (value_t)KERNEL_AT(memory_t, address);                                              \
    }
// The core's compiler stores a constant 0 at an address that may be unaligned byte by byte, unless
// it does not know that it is one.
#define KERNEL_STORE(name, memory_t)                                                               \
    static inline void kernel_##name(u32 address, u32 value) {                                     \
        if (__builtin_constant_p(value)) __asm__("" : "+r"(value));                                \
        KERNEL_AT(memory_t, address) = (memory_t)value;                                            \
    }
KERNEL_LOAD(i32_load, u32, u32)
KERNEL_LOAD(i32_load8_u, u8, u32)
KERNEL_LOAD(i32_load8_s, s8, s32)
KERNEL_LOAD(i32_load16_u, u16, u32)
KERNEL_LOAD(i32_load16_s, s16, s32)
KERNEL_LOAD(f32_load, f32, f32)
KERNEL_STORE(i32_store, u32)
KERNEL_STORE(i32_store16, u16)
static inline void kernel_i32_store8(u32 address, u32 value) { KERNEL_AT(u8, address) = (u8)value; }
static inline void kernel_f32_store(u32 address, f32 value) { KERNEL_AT(f32, address) = value; }

#define i32_load_default32(memory, address) kernel_i32_load((u32)(address))
#define i32_load8_u_default32(memory, address) kernel_i32_load8_u((u32)(address))
#define i32_load8_s_default32(memory, address) (u32) kernel_i32_load8_s((u32)(address))
#define i32_load16_u_default32(memory, address) kernel_i32_load16_u((u32)(address))
#define i32_load16_s_default32(memory, address) (u32) kernel_i32_load16_s((u32)(address))
#define f32_load_default32(memory, address) kernel_f32_load((u32)(address))
#define i32_store_default32(memory, address, value) kernel_i32_store((u32)(address), value)
#define i32_store16_default32(memory, address, value) kernel_i32_store16((u32)(address), value)
#define i32_store8_default32(memory, address, value) kernel_i32_store8((u32)(address), value)
#define f32_store_default32(memory, address, value) kernel_f32_store((u32)(address), value)

static inline u32 I32_DIV_S(u32 x, u32 y) {
    kernel_divide_by_zero_if(y == 0);
    kernel_too_large_if(x == 0x80000000u && y == 0xffffffffu);
    return (u32)((s32)x / (s32)y);
}
static inline u32 I32_REM_S(u32 x, u32 y) {
    kernel_divide_by_zero_if(y == 0);
    return y == 0xffffffffu ? 0 : (u32)((s32)x % (s32)y);
}
#define DIV_U(x, y) (kernel_divide_by_zero_if((y) == 0), (x) / (y))
#define REM_U(x, y) (kernel_divide_by_zero_if((y) == 0), (x) % (y))

static inline u32 I32_CLZ(u32 x) { return x == 0 ? 32 : (u32)__builtin_clz(x); }
static inline u32 I32_CTZ(u32 x) { return x == 0 ? 32 : (u32)__builtin_ctz(x); }
static inline u32 I32_POPCNT(u32 x) { return (u32)__builtin_popcount(x); }
static inline u32 I32_ROTL(u32 x, u32 n) { return x << (n & 31) | x >> (-n & 31); }
static inline u32 I32_ROTR(u32 x, u32 n) { return x >> (n & 31) | x << (-n & 31); }

// A float that is no integer of 32 bits is a trap.
static inline s32 kernel_trunc_s(f32 x) {
    kernel_too_large_if(!(x >= -2147483648.0f && x < 2147483648.0f));
    return (s32)x;
}
static inline u32 kernel_trunc_u(f32 x) {
    kernel_too_large_if(!(x > -1.0f && x < 4294967296.0f));
    return (u32)x;
}
#define I32_TRUNC_S_F32(x) kernel_trunc_s(x)
#define I32_TRUNC_U_F32(x) kernel_trunc_u(x)
#define wasm_sqrtf(x) __builtin_sqrtf(x)
#define wasm_fabsf(x) __builtin_fabsf(x)

// Instructions of the core, imports of the module. Not by gcc's builtins: those may change memory
// for its optimiser.
static inline u32 kernel_sum_of_differences(u32 a, u32 b, u32 sum) {
    __asm__("usada8 %0, %1, %2, %3" : "=r"(sum) : "r"(a), "r"(b), "r"(sum));
    return sum;
}
static inline u32 kernel_above(u32 a, u32 b) {
    __asm__("uqsub8 %0, %1, %2" : "=r"(a) : "r"(a), "r"(b));
    return a;
}
static inline u32 kernel_half_sum(u32 a, u32 b) {
    __asm__("uhadd8 %0, %1, %2" : "=r"(a) : "r"(a), "r"(b));
    return a;
}
#define w2c_index_sumOfDifferences(instance, a, b, sum) kernel_sum_of_differences(a, b, sum)
#define w2c_index_above(instance, a, b) kernel_above(a, b)
#define w2c_index_halfSum(instance, a, b) kernel_half_sum(a, b)

#endif
