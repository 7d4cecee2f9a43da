// SPDX-License-Identifier: MIT
// How the native code meets time and interrupts: accesses, waits, masks; on a bus of nothing but memory.

import { beforeAll, beforeEach, describe, expect, it } from "vitest"
import { readBoard } from "../../boards/board-file.ts"
import { Clock } from "../../sim/clock.ts"
import { SiliconError } from "../../protocol/errors.ts"
import {
    compileNative,
    compileSources,
    nativeSources,
    type Sources,
} from "../../toolchain/wasm/compile-native.ts"
import {
    NativeCode,
    type Interrupts,
    type WordBus,
} from "../../sim/native-code.ts"

/** cam_poll and the interrupt handlers of these tests, in C, instead of the product's. */
const TEST_CODE = `
#include "cam.h"
#include "board.h"
#include "mmio.h"
#include "board_pins.h"
cam_board_t cam_board;
const cam_board_pins_t *cam_board_pins;
cam_request_t cam_request;
void cam_init(void) { mmio_write32(0x40000000u, mmio_wait_set(0x40000004u, 6u, 50u)); }
void cam_poll(void) {
    const uint32_t irq = mmio_irq_save();
    mmio_write32(0x40000000u, 1);
    mmio_write32(0x40000000u, 2);
    mmio_irq_restore(irq);
    mmio_write32(0x40000000u, 3);
}
void cam_program_ended(uint32_t fault) { (void)fault; mmio_write32(0x40000000u, 4); }
void cam_i2c_watch(void) {}
_Bool cam_i2c_suspect(void) { return 0; }
cam_bus_status_t cam_bus_transfer(uint32_t address, const uint8_t *write, uint32_t write_bytes, uint8_t *read,
                             uint32_t read_bytes) {
    for (uint32_t i = 0; i < read_bytes; i++) read[i] = (uint8_t)(write[i % write_bytes] + 1);
    mmio_delay_us(address);
    return address > 100 ? CAM_BUS_NACK_DATA : CAM_BUS_OK;
}
void DCMI_IRQHandler(void) {
    mmio_write32(0x40000000u, 78);
    mmio_write32(0x40000000u, 79);
}
void DMA2_Stream1_IRQHandler(void) { mmio_write32(0x40000000u, 57); }
void EXTI0_IRQHandler(void) {}
void EXTI1_IRQHandler(void) {}
void EXTI2_IRQHandler(void) {}
void EXTI3_IRQHandler(void) {}
void EXTI4_IRQHandler(void) {}
void EXTI9_5_IRQHandler(void) {}
void EXTI15_10_IRQHandler(void) {}
`
const SINK = 0x40000000
const FLAGS = 0x40000004

/** A higher number is more urgent; a request may pre-empt a less urgent one. */
class FakeInterrupts implements Interrupts {
    masked = false
    readonly requests: number[] = []
    readonly active: number[] = []
    urgency = (_irq: number): number => 0

    take(): number | undefined {
        const running = Math.max(
            -1,
            ...this.active.map(irq => this.urgency(irq))
        )
        const index = this.requests.findIndex(
            irq => this.urgency(irq) > running
        )
        if (index < 0) return undefined
        const [irq] = this.requests.splice(index, 1)
        this.active.push(irq!)
        return irq
    }

    complete(irq: number): void {
        expect(this.active.pop()).toBe(irq)
    }
}

class FakeBus implements WordBus {
    readonly written: number[] = []
    readonly words = new Map<number, number>()
    reads = 0

    read32(address: number): number {
        this.reads++
        return this.words.get(address) ?? 0
    }

    write32(address: number, value: number): void {
        expect(address).toBe(SINK)
        this.written.push(value)
    }
}

describe("native code on a bus", () => {
    let module: WebAssembly.Module
    let clock: Clock
    let bus: FakeBus
    let interrupts: FakeInterrupts
    let native: NativeCode

    beforeAll(async () => {
        const headers = Object.entries(nativeSources()).filter(([name]) =>
            name.endsWith(".h")
        )
        const sources: Sources = {
            ...Object.fromEntries(headers),
            "test.c": TEST_CODE,
        }
        module = await compileSources(sources)
    })

    beforeEach(() => {
        clock = new Clock()
        bus = new FakeBus()
        interrupts = new FakeInterrupts()
        native = new NativeCode({
            module,
            memory: new WebAssembly.Memory({ initial: 8200, maximum: 8200 }),
            board: readBoard("nucleo-f446re"),
            request: {},
            clock,
            bus,
            interrupts,
            port: { vmReceive: () => true, frameDelivered: () => {} },
        })
    })

    it("takes 4 cycles of HCLK for an access: 22 ns at 180 MHz", () => {
        native.poll()
        expect(clock.nowNs).toBe(3 * 22)
    })

    it("lets what is due happen before the access", () => {
        const order: string[] = []
        clock.at(10, () => order.push(`event, ${bus.written.length} written`))
        clock.at(50, () => order.push(`event, ${bus.written.length} written`))
        native.poll()
        expect(order).toEqual(["event, 0 written", "event, 2 written"])
    })

    it("holds interrupts back while they are masked, and serves them when the mask is given back", () => {
        clock.at(30, () => interrupts.requests.push(78))
        native.poll()
        expect(bus.written).toEqual([1, 2, 78, 79, 3])
    })

    it("lets a more urgent interrupt into a handler", () => {
        interrupts.urgency = irq => (irq === 57 ? 2 : 1)
        clock.at(10, () => interrupts.requests.push(78))
        clock.at(10 + 30, () => interrupts.requests.push(57))
        native.runUntil(1000)
        expect(bus.written).toEqual([78, 57, 79])
        expect(interrupts.active).toEqual([])
    })

    it("serves one of the same urgency after the handler", () => {
        interrupts.urgency = () => 1
        clock.at(10, () => interrupts.requests.push(78))
        clock.at(40, () => interrupts.requests.push(57))
        native.runUntil(1000)
        expect(bus.written).toEqual([78, 79, 57])
    })

    it("tells of each interrupt that was served", () => {
        const served: number[] = []
        native.onInterrupt = irq => served.push(irq)
        clock.at(10, () => interrupts.requests.push(78))
        clock.at(500, () => interrupts.requests.push(57))
        native.runUntil(1000)
        expect(served).toEqual([78, 57])
    })

    it("stops on an interrupt that has no handler", () => {
        interrupts.requests.push(33)
        expect(() => native.runUntil(10)).toThrow(
            new SiliconError(
                "NVIC",
                "interrupt 33 is taken, but the native code has no handler for it: only " +
                    "those of pins (EXTI), DMA2_Stream1 (57) and DCMI (78) may be enabled"
            )
        )
    })

    it("ends a wait at the event that sets the bit, without polling", () => {
        clock.at(40_000, () => bus.words.set(FLAGS, 0b100))
        native.init()
        expect(bus.written).toEqual([0b100])
        expect(bus.reads).toBeLessThan(5)
        expect(clock.nowNs).toBe(40_000 + 22)
    })

    it("ends a wait at its time-out with the content then", () => {
        bus.words.set(FLAGS, 0b1000)
        native.init()
        expect(bus.written).toEqual([0b1000])
        expect(clock.nowNs).toBe(22 + 50_000 + 22)
        expect(bus.reads).toBeLessThan(5)
    })

    it("serves interrupts during a wait", () => {
        clock.at(20_000, () => interrupts.requests.push(57))
        native.init()
        expect(bus.written).toEqual([57, 0])
    })

    it("runs everything due by the end of a sleep, and no more", () => {
        const ran: number[] = []
        for (const time of [100, 200, 201]) clock.at(time, () => ran.push(time))
        native.runUntil(200)
        expect(ran).toEqual([100, 200])
        expect(clock.nowNs).toBe(200)
    })

    it("carries a transfer's bytes both ways and waits as long as C does", () => {
        const read = new Uint8Array(5)
        expect(native.transfer(7, Uint8Array.of(1, 2), read)).toBe(0)
        expect([...read]).toEqual([2, 3, 2, 3, 2])
        expect(clock.nowNs).toBe(7_000)
    })

    it("leaves the buffer alone when a transfer fails", () => {
        const read = Uint8Array.of(9, 9)
        expect(native.transfer(101, Uint8Array.of(1), read)).toBe(-2)
        expect([...read]).toEqual([9, 9])
    })
})

describe("the product's native code", () => {
    it("keeps its data within what the board file gives it", async () => {
        const board = readBoard("nucleo-f446re")
        const native = new NativeCode({
            module: await compileNative(),
            memory: new WebAssembly.Memory({ initial: 8200, maximum: 8200 }),
            board,
            request: {},
            clock: new Clock(),
            bus: new FakeBus(),
            interrupts: new FakeInterrupts(),
            port: { vmReceive: () => true, frameDelivered: () => {} },
        })
        const owner = board.ramOwners.find(({ name }) => name === "nativeData")!
        expect(native.dataBytes).toBeGreaterThan(0)
        expect(native.dataBytes).toBeLessThanOrEqual(owner.bytes)
    })
})
