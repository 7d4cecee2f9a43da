// SPDX-License-Identifier: MIT
// firmware/codec, firmware/link and firmware/slots compiled to wasm32 together with native/, for tests: the test supplies
// the registers.

import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import {
    compileSources,
    nativeSources,
    type Sources,
} from "../../../../toolchain/wasm/compile-native.ts"
import { cacheFolder, projectRoot } from "../../../../toolchain/paths.ts"
import { withBuildLock } from "../../../../toolchain/build-lock.ts"

/** Memory by MCU address, up to some SRAM (docs/decisions/0001). */
const MEMORY_PAGES = 8200
const SRAM = 0x20000000
const SRAM_BYTES = 0x8000
/** For arguments and results: below the SRAM, where the MCU has nothing. */
export const SCRATCH = 0x1ff00000

const EXPORTS = [
    "cam_cover",
    "cam_crc32",
    "cam_flash_erase",
    "cam_flash_program",
    "cam_flash_sector",
    "cam_link_begin",
    "cam_link_add",
    "cam_link_counters",
    "cam_link_end",
    "cam_link_frame",
    "cam_link_init",
    "cam_link_jacdac_take",
    "cam_link_log",
    "cam_link_open",
    "cam_link_poll",
    "cam_link_receive",
    "cam_link_receive_counters",
    "cam_link_send_jacdac",
    "cam_link_updating",
    "cam_slots_begin",
    "cam_slots_check",
    "cam_slots_choose",
    "cam_slots_commit",
    "cam_slots_erase_step",
    "cam_slots_init",
    "cam_slots_reject",
    "cam_slots_set_memory",
    "cam_slots_write",
    "cam_usart_baud",
    "cam_usart_tx_free",
    "DMA1_Stream6_IRQHandler",
] as const

/** Arguments and results are numbers; addresses and structures are in the memory. */
export type FirmwareExports = Readonly<
    Record<(typeof EXPORTS)[number], (...args: number[]) => number>
> & {
    readonly cam_init: () => void
    readonly cam_poll: () => void
    readonly cam_bus_transfer: (...args: number[]) => number
    readonly DCMI_IRQHandler: () => void
    readonly DMA2_Stream1_IRQHandler: () => void
    readonly cam_board: WebAssembly.Global
    readonly cam_request: WebAssembly.Global
    readonly __data_end: WebAssembly.Global
}

/** What the C code calls. Words and addresses are unsigned. */
export interface FirmwareImports {
    read32(address: number): number
    write32(address: number, value: number): void
    /** Left out: one read is enough. */
    waitSet?(address: number, mask: number, timeoutUs: number): number
    waitClear?(address: number, mask: number, timeoutUs: number): number
    delayUs?(us: number): void
    irqSave?(): number
    irqRestore?(state: number): void
    nowUs?(): number
    vmReceive?(frame: Uint8Array): boolean
    /** Addresses of its descriptor and its pixels. */
    frameDelivered?(descriptor: number, pixels: number): void
    updateBegins?(): void
    updateEnded?(committed: boolean): void
    reset?(): void
}

let sources: Sources | undefined

/** C files of native, firmware/codec, firmware/link, firmware/slots and of the kernels' regions in one folder: their names differ. */
function allSources(): Sources {
    const read = (folder: string, which = /\.[ch]$/): Sources =>
        Object.fromEntries(
            readdirSync(join(projectRoot, folder))
                .filter(name => which.test(name))
                .sort()
                .map(name => [
                    name,
                    readFileSync(join(projectRoot, folder, name), "utf8"),
                ])
        )
    sources ??= {
        ...nativeSources(),
        ...read("firmware/codec"),
        ...read("firmware/link"),
        ...read("firmware/slots"),
        ...read("firmware", /^firmware_board\.h$/),
        ...read("firmware/kernel", /^kernel_regions\.[ch]$/),
    }
    return sources
}

export function compileFirmware(): Promise<WebAssembly.Module> {
    // Test files of several workers need it at once: one compiles, the others find it in the cache.
    return withBuildLock(join(cacheFolder, "firmware-wasm.lock"), () =>
        compileSources(allSources(), EXPORTS)
    )
}

/** All of the MCU's memory, as wasm sees it. */
export function mcuMemory(): WebAssembly.Memory {
    return new WebAssembly.Memory({
        initial: MEMORY_PAGES,
        maximum: MEMORY_PAGES,
    })
}

/** A start of the firmware's C code: its SRAM is new, the rest of the memory stays. */
export function startFirmware(
    module: WebAssembly.Module,
    memory: WebAssembly.Memory,
    imports: FirmwareImports
): FirmwareExports {
    const bytes = new Uint8Array(memory.buffer)
    bytes.fill(0, SRAM, SRAM + SRAM_BYTES)
    const read = (address: number): number => imports.read32(address >>> 0)
    const instance = new WebAssembly.Instance(module, {
        env: { memory },
        mmio: {
            read32: read,
            write32: (address: number, value: number) =>
                imports.write32(address >>> 0, value >>> 0),
            wait_set: (address: number, mask: number, us: number) =>
                imports.waitSet?.(address >>> 0, mask >>> 0, us >>> 0) ??
                read(address),
            wait_clear: (address: number, mask: number, us: number) =>
                imports.waitClear?.(address >>> 0, mask >>> 0, us >>> 0) ??
                read(address),
            delay_us: (us: number) => imports.delayUs?.(us >>> 0),
            irq_save: () => imports.irqSave?.() ?? 0,
            irq_restore: (state: number) => imports.irqRestore?.(state),
        },
        port: {
            now_us: () => imports.nowUs?.() ?? 0,
            vm_receive: (address: number) => {
                const at = address >>> 0
                const frame = bytes.slice(at, at + 12 + bytes[at + 2]!)
                return (imports.vmReceive?.(frame) ?? true) ? 1 : 0
            },
            row_stored: () => {},
            frame_delivered: (descriptor: number, pixels: number) =>
                imports.frameDelivered?.(descriptor >>> 0, pixels >>> 0),
            capture_changed: () => {},
            kernel_run: () => 0x100,
            link_update_begins: () => imports.updateBegins?.(),
            link_update_ended: (committed: number) =>
                imports.updateEnded?.(committed !== 0),
            link_opened: () => {},
            link_reset: () => imports.reset?.(),
        },
    })
    return instance.exports as unknown as FirmwareExports
}
