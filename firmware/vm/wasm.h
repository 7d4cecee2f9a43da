// SPDX-License-Identifier: MIT
// What the VM's generated C is written in: WebAssembly's loads, stores, arithmetic and calls, on a
// 32-bit little-endian machine where a wasm address is a pointer.
#ifndef CAM_VM_WASM_H
#define CAM_VM_WASM_H

#include "strtod.h"
#include "vm.h"

#include <math.h>
#include <stdint.h>
#include <string.h>

typedef uint8_t u8;
typedef int8_t s8;
typedef uint16_t u16;
typedef int16_t s16;
typedef uint32_t u32;
typedef int32_t s32;
typedef uint64_t u64;
typedef int64_t s64;
typedef float f32;
typedef double f64;

// Linker symbols, see vm.h.
extern u8 vm_data[], vm_stack[], vm_stack_end[], vm_heap[], vm_heap_end[];
extern const u8 vm_gc_heap_bytes[];

#define VM_GC_HEAP_BYTES ((u32)vm_gc_heap_bytes)

// The VM's variables, wasm addresses 30520 to 35807 with a hole: patches/data-addresses.ts.
#define VM_HOLE_START 30696u
#define VM_HOLE_BYTES 1488u
#define VM_DATA(address)                                                                           \
    ((u32)vm_data + (address)-30520u - ((address) < VM_HOLE_START ? 0u : VM_HOLE_BYTES))

#define VM_POINTER(address) ((void *)(uintptr_t)(address))

// In the generated file.
typedef void (*vm_function_t)(void);
#define VM_TABLE_SLOTS 279u
extern const vm_function_t vm_table[VM_TABLE_SLOTS];
extern const u8 vm_table_types[VM_TABLE_SLOTS]; // of an empty slot: 0
extern const u32 vm_rodata[];
extern const u32 vm_data_start[];
extern const u32 vm_data_start_bytes;
void w2c_vm_jd_em_set_device_id_2x_i32_0(u32 low, u32 high);
void w2c_vm_jd_em_init_0(void);
u32 w2c_vm_jd_em_process_0(void);
u32 w2c_vm_jd_em_frame_received_0(u32 frame);
u32 w2c_vm_jd_crc16(u32 bytes, u32 count);
u32 w2c_vm_devs_arg_int(u32 context, u32 index);
u32 w2c_vm_devs_bufferish_data(u32 context, u32 value, u32 size_out);
u32 w2c_vm_devs_buffer_data(u32 context, u32 value, u32 size_out);
u32 w2c_vm_devs_buffer_is_writable(u32 context, u32 value);
void w2c_vm_devs_ret_int(u32 context, u32 value);
u32 w2c_vm_devs_img_fun_name(u32 image, u32 function);
u32 w2c_vm_devsmgr_get_ctx(void);
void w2c_vm_fun2_DeviceScript_print(u32 context);

// In vm.c: state, patched functions and imports of the VM.
extern u32 vm_global_stack_pointer;
_Noreturn void vm_trap(void);
u64 vm_time_us(void);
u32 vm_image(u32 *area_bytes);
u32 vm_flash_refused(void);
u32 vm_turn_is_over(void);
void vm_i2c_transaction(u32 context);
void vm_print(u32 context);
void w2c_env_0x5Fdevs_panic_handler(u32 code);
u32 w2c_env_0x5Fjd_tcpsock_close(void);
u32 w2c_env_0x5Fjd_tcpsock_is_available(void);
u32 w2c_env_0x5Fjd_tcpsock_new(u32 host, u32 port);
u32 w2c_env_0x5Fjd_tcpsock_write(u32 bytes, u32 count);
void w2c_env_abort(void);
void w2c_env_em_deploy_handler(u32 status);
void w2c_env_em_jd_crypto_get_random(u32 out, u32 bytes);
void w2c_env_em_print_dmesg(u32 text);
void w2c_env_em_send_frame(u32 frame);
void w2c_env_em_send_large_frame(u32 bytes, u32 count);
u32 w2c_env_emscripten_resize_heap(u32 end);
void w2c_env_exit(u32 status);
u32 w2c_wasi__snapshot__preview1_fd_close(u32 file);
u32 w2c_wasi__snapshot__preview1_fd_seek(u32 file, u32 low, u32 high, u32 whence, u32 result);
u32 w2c_wasi__snapshot__preview1_fd_write(u32 file, u32 vectors, u32 count, u32 result);

// Packed: wasm addresses need no alignment. GCC takes LDR and STR for these, never LDRD, VLDR or
// LDM, which would fault.
#define VM_UNALIGNED(type)                                                                         \
    struct __attribute__((packed, may_alias)) {                                                    \
        type value;                                                                                \
    }
#define VM_LOAD(name, memory_t, value_t)                                                           \
    static inline value_t name(u32 address) {                                                      \
        typedef VM_UNALIGNED(memory_t) at_t;                                                       \
        return (value_t)((const at_t *)VM_POINTER(address))->value;                                \
    }
#define VM_STORE(name, memory_t, value_t)                                                          \
    static inline void name(u32 address, value_t value) {                                          \
        typedef VM_UNALIGNED(memory_t) at_t;                                                       \
        ((at_t *)VM_POINTER(address))->value = (memory_t)value;                                    \
    }
VM_LOAD(i32_load, u32, u32)
VM_LOAD(i64_load, u64, u64)
VM_LOAD(f32_load, f32, f32)
VM_LOAD(f64_load, f64, f64)
VM_LOAD(i32_load8_s, s8, u32)
VM_LOAD(i32_load8_u, u8, u32)
VM_LOAD(i32_load16_s, s16, u32)
VM_LOAD(i32_load16_u, u16, u32)
VM_LOAD(i64_load8_s, s8, u64)
VM_LOAD(i64_load8_u, u8, u64)
VM_LOAD(i64_load16_s, s16, u64)
VM_LOAD(i64_load16_u, u16, u64)
VM_LOAD(i64_load32_s, s32, u64)
VM_LOAD(i64_load32_u, u32, u64)
VM_STORE(i32_store, u32, u32)
VM_STORE(i64_store, u64, u64)
VM_STORE(f32_store, f32, f32)
VM_STORE(f64_store, f64, f64)
VM_STORE(i32_store8, u8, u32)
VM_STORE(i32_store16, u16, u32)
VM_STORE(i64_store8, u8, u64)
VM_STORE(i64_store16, u16, u64)
VM_STORE(i64_store32, u32, u64)

#define UNREACHABLE vm_trap()

/** The function of a slot; one of another type, an empty slot, or none, is a trap, as in
 * WebAssembly.
 */
static inline vm_function_t vm_slot(u32 slot, u32 type) {
    if (slot < VM_TABLE_SLOTS && vm_table_types[slot] == type) return vm_table[slot];
    vm_trap();
}
#define CALL_INDIRECT(result_t, parameters, type, slot)                                            \
    ((result_t(*) parameters)vm_slot(slot, type))
// The slot is a constant of the VM whose type was checked when this was generated.
#define CALL_KNOWN(result_t, parameters, slot) ((result_t(*) parameters)vm_table[slot])

#define VM_TRAP_IF(condition) ((condition) ? vm_trap() : (void)0)
#define DIV_U(x, y) (VM_TRAP_IF((y) == 0), (x) / (y))
#define REM_U(x, y) (VM_TRAP_IF((y) == 0), (x) % (y))

static inline u32 I32_DIV_S(u32 x, u32 y) {
    VM_TRAP_IF(y == 0 || (x == 0x80000000u && y == 0xffffffffu));
    return (u32)((s32)x / (s32)y);
}

static inline u32 I32_REM_S(u32 x, u32 y) {
    VM_TRAP_IF(y == 0);
    return y == 0xffffffffu ? 0 : (u32)((s32)x % (s32)y);
}

#define I32_ROTL(x, y) (((x) << ((y)&31)) | ((x) >> ((32 - (y)) & 31)))
#define I32_CLZ(x) ((x) ? (u32)__builtin_clz(x) : 32u)
#define I32_CTZ(x) ((x) ? (u32)__builtin_ctz(x) : 32u)
#define I64_CLZ(x) ((x) ? (u64)__builtin_clzll(x) : 64u)

static inline u32 I32_TRUNC_S_F64(f64 x) {
    VM_TRAP_IF(!(x > -2147483649. && x < 2147483648.));
    return (u32)(s32)x;
}

static inline u32 I32_TRUNC_U_F64(f64 x) {
    VM_TRAP_IF(!(x > -1. && x < 4294967296.));
    return (u32)x;
}

static inline u64 I64_TRUNC_S_F64(f64 x) {
    VM_TRAP_IF(!(x >= -9223372036854775808. && x < 9223372036854775808.));
    return (u64)(s64)x;
}

static inline u64 I64_TRUNC_U_F64(f64 x) {
    VM_TRAP_IF(!(x > -1. && x < 18446744073709551616.));
    return (u64)x;
}

#define VM_REINTERPRET(name, from_t, to_t)                                                         \
    static inline to_t name(from_t from) {                                                         \
        to_t to;                                                                                   \
        memcpy(&to, &from, sizeof to);                                                             \
        return to;                                                                                 \
    }
VM_REINTERPRET(f32_reinterpret_i32, u32, f32)
VM_REINTERPRET(i32_reinterpret_f32, f32, u32)
VM_REINTERPRET(f64_reinterpret_i64, u64, f64)
VM_REINTERPRET(i64_reinterpret_f64, f64, u64)

// WebAssembly leaves the bits of a NaN open, so that the C library's functions will do.
#define wasm_floor floor
#define wasm_ceil ceil
#define wasm_trunc trunc
#define wasm_sqrt sqrt
#define wasm_fabs fabs
#define wasm_quiet(x) (x)
#define wasm_quietf(x) (x)

#endif
