// SPDX-License-Identifier: MIT
// The calls between the DeviceScript VM and its host: what the wasm module exports, and what it imports.

import type { I2cCallExports } from "./i2c-call.ts"

/** Exports of the VM that the host calls. Addresses and sizes are in the VM's memory, in bytes. */
export interface VmExports extends I2cCallExports {
    __wasm_call_ctors(): void
    malloc(bytes: number): number
    free(address: number): void
    jd_em_set_device_id_2x_i32(low: number, high: number): void
    jd_em_init(): void
    jd_em_process(): number
    jd_em_devs_deploy(address: number, bytes: number): number
    /** @returns 0 when the bytecode can run; prints why it cannot */
    jd_em_devs_verify(address: number, bytes: number): number
    jd_em_frame_received(address: number): number
    /** @returns 0 while no program runs */
    devsmgr_get_ctx(): number
    devs_gc(heap: number): void
    devs_dump_heap(context: number, offset: number, count: number): number
    devs_object_get_built_in_field(
        valueOut: number,
        context: number,
        object: number,
        field: number
    ): void
    devs_string_get_utf8(
        context: number,
        value: number,
        sizeOut: number
    ): number
}

/** In the VM's context: the value that was thrown (word 14 of devs_ctx_t in this build). */
export const CONTEXT_EXCEPTION = 56
/** In the VM's context: address of the heap (word 72). */
export const CONTEXT_HEAP = 288
/** Address of the word behind Math.random, an xorshift generator; never 0. The stock VM always starts with the same one. */
export const RANDOM_STATE = 35008
/** After so long the board's main loop comes back to camera and link, us (VM_TURN_US of firmware/vm/vm.h). */
export const VM_TURN_US = 5000
/** Number of the built-in string "message". */
export const FIELD_MESSAGE = 118

/** Two pages of settings, 4 KB each, and the program; the size that the official tools give. */
const FLASH_BYTES = 128 * 1024
const NO_SOCKET = -10

/** First character of a line of the console, and how the host shows the level. */
export const CONSOLE_MARKS: Readonly<Record<string, string>> = {
    ">": "",
    "*": "warning: ",
    "!": "error: ",
    "?": "debug: ",
}

/** A Jacdac frame: a header of 12 bytes and at most 240 bytes of packets. */
export const FRAME_MAX_BYTES = 252
const FRAME_HEADER_BYTES = 12

/**
 * The length of a Jacdac frame, which its third byte tells.
 * @throws RangeError when the frame is shorter than it says, or longer than a frame can be
 */
export function jacdacFrameBytes(frame: Uint8Array): number {
    const bytes = (frame[2] ?? 0) + FRAME_HEADER_BYTES
    if (frame.length < bytes || bytes > FRAME_MAX_BYTES)
        throw new RangeError(
            `Jacdac frame of ${frame.length} bytes says that it has ${bytes}, at most ${FRAME_MAX_BYTES}`
        )
    return bytes
}

/** Seeded random numbers: the linear congruential generator of Numerical Recipes, of which the high byte is good. */
export class RandomBytes {
    private state: number

    constructor(seed: number) {
        this.state = seed >>> 0
    }

    fill(out: Uint8Array): void {
        for (let i = 0; i < out.length; i++) {
            this.state = (Math.imul(this.state, 1664525) + 1013904223) >>> 0
            out[i] = this.state >>> 24
        }
    }
}

/** What the VM asks of its host. */
export interface VmHost {
    /** Time since boot, ms, with fractions. */
    timeMs(): number
    /** A line of the VM's log: address of a string that ends with 0. */
    printed(text: number): void
    /** Address of a Jacdac frame. */
    sent(frame: number): void
    fillRandom(out: number, bytes: number): void
    panicked(code: number): void
    copy(to: number, from: number, bytes: number): void
    /** The VM cannot go on. */
    stopped(reason: string): never
}

/** Imports for WebAssembly.Instance. There are no sockets, no files, and the flash is empty at each boot. */
export function vmImports(host: VmHost): WebAssembly.Imports {
    const nothing = () => {}
    const noSocket = () => NO_SOCKET
    const noFile = () => 0
    return {
        env: {
            em_time_now: () => host.timeMs(),
            em_print_dmesg: (text: number) => host.printed(text),
            em_send_frame: (frame: number) => host.sent(frame),
            em_jd_crypto_get_random: (out: number, bytes: number) =>
                host.fillRandom(out, bytes),
            em_flash_size: () => FLASH_BYTES,
            em_flash_load: nothing,
            em_flash_save: nothing,
            em_send_large_frame: nothing,
            em_deploy_handler: nothing,
            _devs_panic_handler: (code: number) => host.panicked(code),
            abort: () => host.stopped("it aborted"),
            exit: () =>
                host.stopped("it restarts the chip, which ends a simulation"),
            emscripten_memcpy_big: (to: number, from: number, bytes: number) =>
                host.copy(to, from, bytes),
            emscripten_resize_heap: () =>
                host.stopped("its 16 MB of memory are used up"),
            _jd_tcpsock_new: noSocket,
            _jd_tcpsock_write: noSocket,
            _jd_tcpsock_close: noSocket,
            _jd_tcpsock_is_available: noFile,
        },
        wasi_snapshot_preview1: {
            fd_close: noFile,
            fd_write: noFile,
            fd_seek: noFile,
        },
    }
}
