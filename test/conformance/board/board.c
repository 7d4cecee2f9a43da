// SPDX-License-Identifier: MIT
// The smallest firmware around the compiled VM: boots on an emulated STM32F405, runs the program
// image at IMAGE for RUN_MS of virtual time, a turn each millisecond, and prints what the VM prints
// by semihosting.
#include "vm.h"

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#define IMAGE 0x08040000u
#define IMAGE_BYTES_MAX 122880u

#define SYS_WRITE0 0x04u
#define SYS_EXIT 0x18u
#define ADP_STOPPED_APPLICATION_EXIT 0x20026u

extern uint32_t ram_top[], data_load[], data_start[], data_end[], bss_start[], bss_end[];
extern uint8_t vm_stack[], vm_stack_end[];

static uint64_t now_us;
static uint32_t random_state = 1;
static bool done;

static void semihost(uint32_t operation, uintptr_t argument) {
    register uint32_t r0 __asm__("r0") = operation;
    register uintptr_t r1 __asm__("r1") = argument;
    __asm__ volatile("bkpt 0xab" : "+r"(r0) : "r"(r1) : "memory");
}

static void print(const char *text) { semihost(SYS_WRITE0, (uintptr_t)text); }

static void print_line(const char *kind, const char *text) {
    print(kind);
    print(text);
    print("\n");
}

static _Noreturn void end(void) {
    semihost(SYS_EXIT, ADP_STOPPED_APPLICATION_EXIT);
    for (;;) {
    }
}

uint64_t vm_port_now_us(void) { return now_us; }

void vm_port_log(vm_log_t kind, const char *line) {
    print_line(kind == VM_LOG_CONSOLE ? "C " : "V ", line);
    if (kind == VM_LOG_CONSOLE && strcmp(line, "> done") == 0) done = true;
}

void vm_port_send(const uint8_t *frame) { (void)frame; }

/** The same as RandomBytes of the simulator, with seed 1. */
void vm_port_random(uint8_t *out, uint32_t bytes) {
    for (uint32_t i = 0; i < bytes; i++) {
        random_state = random_state * 1664525u + 1013904223u;
        out[i] = (uint8_t)(random_state >> 24);
    }
}

/** A part at 0x10 that answers with the sum of what was written, counting up; nobody else answers.
 */
int32_t vm_port_i2c(const vm_i2c_t *transfer) {
    if (transfer->address != 0x10) return -1;
    uint8_t sum = 0;
    for (uint32_t i = 0; i < transfer->write_bytes; i++) sum = (uint8_t)(sum + transfer->write[i]);
    for (uint32_t i = 0; i < transfer->read_bytes; i++) transfer->read[i] = (uint8_t)(sum + i);
    return 0;
}

void vm_port_panicked(uint32_t code) {
    // 0: the program ended by itself.
    if (code == 0) return;
    char text[12];
    size_t at = sizeof text;
    text[--at] = 0;
    for (; code != 0; code /= 10) text[--at] = (char)('0' + code % 10);
    print_line("P ", text + at);
    end();
}

void vm_port_program_starts(void) {}

void vm_port_refused(const char *why) {
    print_line("S ", why);
    end();
}

void vm_port_stopped(const char *why, vm_stopped_t what) {
    (void)what;
    print_line("S ", why);
    end();
}

void vm_port_restart(void) { vm_port_stopped("restart", VM_STOPPED_TRAP); }

const uint8_t *vm_port_image(uint32_t *bytes) {
    *bytes = IMAGE_BYTES_MAX;
    return (const uint8_t *)IMAGE;
}

static void fault(void) {
    print_line("S ", "fault");
    end();
}

#define MPU_CTRL (*(volatile uint32_t *)0xE000ED94)
#define MPU_RBAR (*(volatile uint32_t *)0xE000ED9C)
#define MPU_RASR (*(volatile uint32_t *)0xE000EDA0)
#define RBAR_VALID (1u << 4)
#define RASR_NEVER_EXECUTE (1u << 28)
#define RASR_READ_ONLY (5u << 24)
#define RASR_NO_ACCESS (0u << 24)
#define RASR_WITHOUT_LAST_EIGHTH (0x80u << 8)

/** A region of 2^bits bytes; later ones win (ARMv7-M Architecture Reference Manual, B3.5). */
static void protect(uint32_t address, uint32_t bits, uint32_t attributes) {
    static uint32_t region;
    MPU_RBAR = address | RBAR_VALID | region++;
    MPU_RASR = attributes | RASR_NEVER_EXECUTE | (bits - 1) << 1 | 1u;
}

/** Leave of the first megabyte 0x400 to 0x7740; the variables of the wasm VM begin at 0x7738. */
static void protect_flash_alias(void) {
    protect(0, 20, RASR_NO_ACCESS);
    protect(0, 15, RASR_READ_ONLY | RASR_WITHOUT_LAST_EIGHTH);      // to 0x7000
    protect(0x7000, 11, RASR_READ_ONLY | RASR_WITHOUT_LAST_EIGHTH); // to 0x7700
    protect(0x7700, 5, RASR_READ_ONLY);
    protect(0x7720, 5, RASR_READ_ONLY);
    protect(0, 10, RASR_NO_ACCESS);
    MPU_CTRL = 5; // on, with the default map for all other addresses
    __asm__ volatile("dsb\n\tisb");
}

_Noreturn void start(void);

_Noreturn void start(void) {
    *(volatile uint32_t *)0xE000ED88 |= 0xFu << 20; // SCB_CPACR: the FPU
    __asm__ volatile("dsb\n\tisb");
    const uint32_t *from = data_load;
    for (uint32_t *to = data_start; to < data_end; to++) *to = *from++;
    for (uint32_t *to = bss_start; to < bss_end; to++) *to = 0;
    protect_flash_alias();
    vm_init(0x43414d31, 0x564d3031);
    while (!done && now_us < RUN_MS * 1000u) {
        now_us += 1000;
        do vm_process(vm_port_now_us());
        while (vm_more_to_do());
    }
    end();
}

__attribute__((section(".vectors"), used)) static const void *const vectors[16] = {
    ram_top, start, fault, fault, fault, fault, fault, 0, 0, 0, 0, fault, fault, 0, fault, fault,
};
