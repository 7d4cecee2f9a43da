// SPDX-License-Identifier: MIT
// Between the VM's generated code and the port: boot, native calls, clock, imports.

#include "wasm.h"

// Of the VM's variables and structures; toolchain/vm/vm-interface.ts and i2c-call.ts name them too.
#define RANDOM_STATE VM_DATA(35008u)
#define CONTEXT_SUSPENSION 70u // a byte: why a debugger holds the program; 0: it runs
#define CONTEXT_ARGUMENTS 96u
#define VALUE_BYTES 8u
// As devs_dump_stack reads them.
#define CONTEXT_IMAGE 228u
#define CONTEXT_ACTIVATION 232u
#define ACTIVATION_PC 4u
#define ACTIVATION_FUNCTION 16u
#define IMAGE_FUNCTIONS 32u
#define FUNCTION_BYTES 16u
#define UNDEFINED 0u

#define STATUS_READ_BUFFER_NOT_WRITABLE (-3)
#define STATUS_FLASH_READ_ONLY (-1)
#define NO_SOCKET (-10)

/** The size that each image says its area has, of which the end is not stored, and never read:
 * image.ts. */
#define IMAGE_AREA_BYTES 122880u
#define IMAGE_PAGE_BYTES 4096u

/** The VM's clock shows this at its first look: the stock VM's tim_get_micros starts there. */
#define FIRST_TIME_US 123u

/** Lowest word of the VM's stack: whoever goes deeper writes over it. */
#define STACK_MARK 0x5ac4ed6eu

// WebAssembly's global variable.
u32 vm_global_stack_pointer;

static bool booted, printing, more_to_do, flash_refusal_said, heap_full, turn_begins, halted;
static u64 clock_start_us, turn_start_us;

static u32 *stack_bottom(void) { return (u32 *)VM_POINTER(vm_stack); }

void vm_init(uint32_t device_id_low, uint32_t device_id_high) {
    // Through the alias at 0, as the VM reads it.
    const volatile u32 *alias = VM_POINTER(0x400u);
    if (alias[0] != vm_rodata[0] || alias[1] != vm_rodata[1])
        vm_port_stopped("the VM's read-only data is not at address 0x400", VM_STOPPED_TRAP);
    memset(vm_data, 0, VM_DATA_BYTES);
    memcpy(vm_data, vm_data_start, vm_data_start_bytes);
    vm_global_stack_pointer = (u32)vm_stack_end;
    *stack_bottom() = STACK_MARK;
    u8 seed[4];
    vm_port_random(seed, sizeof seed);
    // An xorshift generator stays at 0 for ever.
    i32_store(RANDOM_STATE, i32_load((u32)seed) == 0 ? 1 : i32_load((u32)seed));
    w2c_vm_jd_em_set_device_id_2x_i32_0(device_id_low, device_id_high);
    w2c_vm_jd_em_init_0();
}

void vm_process(uint64_t now_us) {
    more_to_do = false;
    turn_start_us = now_us;
    turn_begins = true;
    (void)w2c_vm_jd_em_process_0();
    turn_begins = false;
    const u32 context = w2c_vm_devsmgr_get_ctx();
    halted = context != 0 && i32_load8_u(context + CONTEXT_SUSPENSION) != 0;
    if (*stack_bottom() != STACK_MARK)
        vm_port_stopped("the VM's stack is too small", VM_STOPPED_STACK);
}

void vm_place(vm_place_t *place) {
    *place = (vm_place_t){0, 0, 0};
    vm_global_stack_pointer = (u32)vm_stack_end;
    const u32 context = w2c_vm_devsmgr_get_ctx();
    const u32 activation = context == 0 ? 0 : i32_load(context + CONTEXT_ACTIVATION);
    if (activation == 0) return;
    const u32 image = i32_load(context + CONTEXT_IMAGE);
    const u32 function = i32_load(activation + ACTIVATION_FUNCTION);
    place->function = (function - image - i32_load(image + IMAGE_FUNCTIONS)) / FUNCTION_BYTES;
    place->pc = i32_load16_u(activation + ACTIVATION_PC) - i32_load(function);
    place->name = VM_POINTER(w2c_vm_devs_img_fun_name(context + CONTEXT_IMAGE, place->function));
}

bool vm_more_to_do(void) { return more_to_do; }

bool vm_halted(void) { return halted; }

bool vm_receive(const uint8_t *frame) {
    const u32 bytes = frame[2] + VM_FRAME_HEADER_BYTES;
    const u32 checksum = (u32)frame[0] | (u32)frame[1] << 8;
    if (bytes > VM_FRAME_MAX_BYTES || w2c_vm_jd_crc16((u32)frame + 2, bytes - 2) != checksum) {
        vm_port_log(VM_LOG_VM, "Jacdac frame with a wrong length or checksum, dropped");
        return true;
    }
    if (w2c_vm_jd_em_frame_received_0((u32)frame) != 0) return false;
    more_to_do = true;
    return true;
}

// Patched functions.

u64 vm_time_us(void) {
    // A turn begins with a look at the clock.
    const u64 now_us = turn_begins ? turn_start_us : vm_port_now_us();
    turn_begins = false;
    if (!booted) {
        booted = true;
        clock_start_us = now_us;
    }
    return now_us - clock_start_us + FIRST_TIME_US;
}

u32 vm_image(u32 *area_bytes) {
    u32 bytes = 0;
    const u32 address = (u32)vm_port_image(&bytes);
    if (address % IMAGE_PAGE_BYTES != 0 || bytes == 0 || bytes > IMAGE_AREA_BYTES)
        vm_port_refused("the program image is not aligned, empty or too long");
    *area_bytes = IMAGE_AREA_BYTES;
    return address;
}

u32 vm_turn_is_over(void) {
    if (vm_port_now_us() - turn_start_us < VM_TURN_US) return 0;
    more_to_do = true;
    return 1;
}

u32 vm_flash_refused(void) {
    if (!flash_refusal_said)
        vm_port_log(VM_LOG_VM, "settings are read only on this board: not written");
    flash_refusal_said = true;
    return (u32)STATUS_FLASH_READ_ONLY;
}

void vm_print(u32 context) {
    printing = true;
    w2c_vm_fun2_DeviceScript_print(context);
    printing = false;
}

/** The address of argument `index` of a native call: a value of 8 bytes. */
static u32 argument(u32 context, u32 index) {
    return context + CONTEXT_ARGUMENTS + VALUE_BYTES * index;
}

/** DeviceScript._i2cTransaction(address, write, read); the same as toolchain/vm/i2c-call.ts. */
void vm_i2c_transaction(u32 context) {
    u32 size[1];
    // Copies: the VM takes a value by its address, and may change the arguments meanwhile.
    u64 value = i64_load(argument(context, 1));
    const u32 address = w2c_vm_devs_arg_int(context, 0);
    const u32 write = w2c_vm_devs_bufferish_data(context, (u32)&value, (u32)size);
    const u32 write_bytes = write == 0 ? 0 : size[0];
    u32 read = 0, read_bytes = 0;
    value = i64_load(argument(context, 2));
    if (value != UNDEFINED) {
        if (w2c_vm_devs_buffer_is_writable(context, (u32)&value) == 0) {
            w2c_vm_devs_ret_int(context, (u32)STATUS_READ_BUFFER_NOT_WRITABLE);
            return;
        }
        read = w2c_vm_devs_buffer_data(context, (u32)&value, (u32)size);
        read_bytes = size[0];
    }
    const vm_i2c_t transfer = {address, VM_POINTER(write), write_bytes, VM_POINTER(read),
                               read_bytes};
    w2c_vm_devs_ret_int(context, (u32)vm_port_i2c(&transfer));
}

_Noreturn void vm_trap(void) { vm_port_stopped("the VM's code trapped", VM_STOPPED_TRAP); }

// Imports.

void w2c_env_em_print_dmesg(u32 text) {
    vm_port_log(printing ? VM_LOG_CONSOLE : VM_LOG_VM, VM_POINTER(text));
}

void w2c_env_em_send_frame(u32 frame) {
    // The VM also hears itself: its own services may have something to answer.
    more_to_do = true;
    vm_port_send(VM_POINTER(frame));
}

void w2c_env_em_jd_crypto_get_random(u32 out, u32 bytes) { vm_port_random(VM_POINTER(out), bytes); }

void w2c_env_0x5Fdevs_panic_handler(u32 code) { vm_port_panicked(code); }

void w2c_env_abort(void) {
    if (heap_full) vm_port_stopped("the VM's heap is full", VM_STOPPED_MEMORY);
    vm_port_stopped("the VM aborted", VM_STOPPED_TRAP);
}

void w2c_env_exit(u32 status) {
    (void)status;
    vm_port_restart();
}

/** sbrk at the end of the heap. malloc then returns NULL, and jd_alloc aborts. */
u32 w2c_env_emscripten_resize_heap(u32 end) {
    (void)end;
    heap_full = true;
    return 0;
}

// There are no sockets, no files and no host that loads programs.

u32 w2c_env_0x5Fjd_tcpsock_close(void) { return (u32)NO_SOCKET; }

u32 w2c_env_0x5Fjd_tcpsock_is_available(void) { return 0; }

u32 w2c_env_0x5Fjd_tcpsock_new(u32 host, u32 port) {
    (void)host;
    (void)port;
    return (u32)NO_SOCKET;
}

u32 w2c_env_0x5Fjd_tcpsock_write(u32 bytes, u32 count) {
    (void)bytes;
    (void)count;
    return (u32)NO_SOCKET;
}

void w2c_env_em_deploy_handler(u32 status) { (void)status; }

void w2c_env_em_send_large_frame(u32 bytes, u32 count) {
    (void)bytes;
    (void)count;
}

u32 w2c_wasi__snapshot__preview1_fd_close(u32 file) {
    (void)file;
    return 0;
}

u32 w2c_wasi__snapshot__preview1_fd_seek(u32 file, u32 low, u32 high, u32 whence, u32 result) {
    (void)file;
    (void)low;
    (void)high;
    (void)whence;
    (void)result;
    return 0;
}

u32 w2c_wasi__snapshot__preview1_fd_write(u32 file, u32 vectors, u32 count, u32 result) {
    (void)file;
    (void)vectors;
    (void)count;
    (void)result;
    return 0;
}
