// SPDX-License-Identifier: MIT
// What a port (the simulator, the STM32F4 firmware) supplies to the native code.
#ifndef CAM_PORT_H
#define CAM_PORT_H

#include <stdbool.h>
#include <stdint.h>

#include "kernel_call.h"

#ifdef __wasm__
#define CAM_PORT(name) __attribute__((import_module("port"), import_name(name)))
#else
#define CAM_PORT(name)
#endif

/** Microseconds since boot; wraps. Context: both. */
CAM_PORT("now_us") uint32_t cam_port_now_us(void);

/**
 * Hand a Jacdac frame (docs: Jacdac wire format, at most 252 bytes) to the VM.
 * @returns false when its queue is full: try again later. Context: thread.
 */
CAM_PORT("vm_receive") bool cam_port_vm_receive(const uint8_t *frame);

// The next two are for whoever watches a run from outside; the firmware does nothing in them. They
// cannot be told from the registers: a store by the CPU is not seen by any model, and DCMI_CR looks
// the same in a capture that starts and in one that goes on after an error.

/**
 * The CPU has stored `bytes` of a row at `address`: the simulator's virtual time goes on by what
 * the copy takes, and its observer sees the bytes. Nothing at all in the firmware. Context: ISR.
 */
#ifdef __wasm__
CAM_PORT("row_stored") void cam_port_row_stored(uint32_t address, uint32_t bytes);
#else
static inline void cam_port_row_stored(uint32_t address, uint32_t bytes) {
    (void)address;
    (void)bytes;
}
#endif

/**
 * The program started (or started again) or stopped the capture: the observer counts frames in
 * between. An empty function in the firmware, at whose address the emulated board stops. Context:
 * thread.
 */
CAM_PORT("capture_changed") void cam_port_capture_changed(bool streaming);

/**
 * A frame was lent to the program; its pixels stay as they are until the program gives it back.
 * For the host link and for the simulator's observer. `descriptor` is laid out as in
 * docs/frame-grabber.md. Context: thread.
 */
CAM_PORT("frame_delivered")
void cam_port_frame_delivered(const uint8_t *descriptor, const uint8_t *pixels);

/**
 * Run a kernel (docs/kernels); its result is written when it ended.
 * @returns CAM_KERNEL_ENDED, another CAM_KERNEL_ code, or a value of KernelStop
 * (protocol/grabber-page.ts). Context: thread.
 */
CAM_PORT("kernel_run") uint32_t cam_port_kernel_run(cam_kernel_call_t *call);

#endif
