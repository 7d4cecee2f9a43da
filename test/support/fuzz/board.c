// SPDX-License-Identifier: MIT
// A board on which everything that the C code asks for is there at once: registers keep what is
// written, waits succeed, and the bus acknowledges. Not a model: what is wrong here is memory and
// arithmetic.
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "board.h"
#include "board_pins.h"
#include "capture.h"
#include "dcmi_regs.h"
#include "dma_regs.h"
#include "fuzz.h"
#include "link_port.h"
#include "port.h"

enum { REGISTERS = 256 };

typedef struct {
    uint32_t address;
    uint32_t value;
} word_t;

static word_t registers[REGISTERS];
static uint32_t now_us;

static uint32_t *at(uint32_t address) {
    for (int i = 0; i < REGISTERS; i++) {
        if (registers[i].address == 0) registers[i].address = address;
        if (registers[i].address == address) return &registers[i].value;
    }
    abort();
}

uint32_t mmio_read32(uint32_t address) { return *at(address); }

void mmio_write32(uint32_t address, uint32_t value) {
    if (address == DCMI_ICR)
        *at(DCMI_MIS) &= ~value;
    else if (address == DMA2_LIFCR)
        *at(DMA2_LISR) &= ~value;
    else
        *at(address) = value;
}

uint32_t mmio_wait_set(uint32_t address, uint32_t mask, uint32_t timeout_us) {
    (void)timeout_us;
    return *at(address) |= mask;
}

uint32_t mmio_wait_clear(uint32_t address, uint32_t mask, uint32_t timeout_us) {
    (void)timeout_us;
    return *at(address) &= ~mask;
}

void mmio_delay_us(uint32_t us) { now_us += us; }
uint32_t mmio_irq_save(void) { return 0; }
void mmio_irq_restore(uint32_t state) { (void)state; }

uint32_t cam_port_now_us(void) { return now_us += 50; }
bool cam_port_vm_receive(const uint8_t *frame) {
    // The whole of it is read, as the VM does.
    uint8_t sum = 0;
    for (int i = 0; i < 12 + frame[2]; i++) sum ^= frame[i];
    return sum != 0;
}
void cam_port_row_stored(uint32_t address, uint32_t bytes) {
    (void)address;
    (void)bytes;
}
void cam_port_capture_changed(bool streaming) { (void)streaming; }
uint32_t cam_port_kernel_run(cam_kernel_call_t *call) {
    (void)call;
    return CAM_KERNEL_NONE;
}
void cam_link_port_update_begins(void) {}
void cam_link_port_update_ended(bool committed) { (void)committed; }
void cam_link_port_opened(void) {}
void cam_link_port_reset(void) {}

void fuzz_frame(void) {
    const bool captured =
        (*at(DCMI_CR) & DCMI_CR_CAPTURE) != 0 && (*at(DMA2_S1CR) & DMA_SxCR_EN) != 0;
    if (captured && (*at(DMA2_S1CR) & DMA_SxCR_CIRC) == 0) {
        *at(DMA2_S1NDTR) = 0;
        *at(DMA2_S1CR) &= ~DMA_SxCR_EN;
        *at(DMA2_LISR) |= DMA_LISR_TCIF1;
    }
    *at(DCMI_SR) = DCMI_SR_VSYNC;
    *at(DCMI_MIS) = (DCMI_MIS_VSYNC | (captured ? DCMI_MIS_FRAME : 0u)) & *at(DCMI_IER);
    now_us += 10000;
    if (*at(DCMI_MIS) != 0) DCMI_IRQHandler();
}

void fuzz_transfer(void) {
    const uint32_t circular = DMA_SxCR_EN | DMA_SxCR_CIRC;
    if ((*at(DMA2_S1CR) & circular) != circular) return;
    if (*at(DMA2_S1CR) & DMA_SxCR_DBM) *at(DMA2_S1CR) ^= DMA_SxCR_CT;
    *at(DMA2_LISR) |= DMA_LISR_TCIF1;
    *at(DCMI_SR) = 0;
    now_us += 30;
    DMA2_Stream1_IRQHandler();
}

void fuzz_reset(void) {
    for (int i = 0; i < REGISTERS; i++) registers[i] = (word_t){0, 0};
    now_us = 0;
    memset((void *)(uintptr_t)FUZZ_FRAME_MEMORY, 0, FUZZ_FRAME_MEMORY_BYTES);
}

// A few pins are taken, two have names.
static const cam_board_pins_t PINS = {.use = {[0] = 1, [17] = 2, [140] = CAM_PIN_ABSENT},
                                      .names = {{"LED", 5, 0}, {"D2", 10, 0}}};

int LLVMFuzzerInitialize(int *count, char ***words) {
    (void)count;
    (void)words;
    void *frames =
        mmap((void *)(uintptr_t)FUZZ_FRAME_MEMORY, FUZZ_FRAME_MEMORY_BYTES, PROT_READ | PROT_WRITE,
             MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);
    if (frames != (void *)(uintptr_t)FUZZ_FRAME_MEMORY) abort();
    cam_board_pins = &PINS;
    cam_board = (cam_board_t){
        .hclk_hz = 180000000,
        .pclk1_hz = 45000000,
        .xclk_hz = 26660000,
        .ram_bytes = 131072,
        .gc_heap_bytes = 29792,
        .frame_memory = FUZZ_FRAME_MEMORY,
        .frame_memory_bytes = FUZZ_FRAME_MEMORY_BYTES,
        .i2c_base = 0x40005400,
        .i2c_hz = 400000,
        .sensor_reset = CAM_PIN(0, 1),
        .sensor_standby = CAM_PIN(0, 2),
        .sensor_exposure = CAM_PIN(0, 3),
    };
    return 0;
}
